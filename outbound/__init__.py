"""What leaves the building: reads the log, tells offices and other systems, sends, keeps receipts."""
