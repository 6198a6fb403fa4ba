"""What every case shares: its states, its number, its decisions."""
