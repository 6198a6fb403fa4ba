"""Pages of this business."""
