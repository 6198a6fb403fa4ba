"""What pages read: a request, a member, a queue, an estimate. Nothing here writes."""
