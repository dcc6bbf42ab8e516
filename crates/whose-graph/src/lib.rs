//! The graph: built from observations, then resolved; reach over it.
