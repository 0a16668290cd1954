"""事件办理: queues, an incident's file, and what may be done to it."""
