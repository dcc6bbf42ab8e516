//! The connector kit: sessions, declared calls, paging, retries, limits, coverage and replay.
