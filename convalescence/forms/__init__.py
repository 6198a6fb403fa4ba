"""Forms of this business."""
