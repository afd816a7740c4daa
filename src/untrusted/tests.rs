//! What is shown never acts, and what is harmless is shown unchanged.
