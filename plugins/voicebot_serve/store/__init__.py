"""What sessions need to go on elsewhere: kept on this machine, or in Redis for many."""
