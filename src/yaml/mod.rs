//! Text to a tree whose nodes know their place.
