//! Reference integrations, each a small program that runs against dmp-mock.
