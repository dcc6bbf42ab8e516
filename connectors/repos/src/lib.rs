//! Source repositories: the working tree and the whole history.
