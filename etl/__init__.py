"""From news articles to event tables: read → screen → code → link → publish."""
