"""What every page shares: the frame, the form pack, the components, the formats."""
