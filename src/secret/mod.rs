//! Values that cannot be printed, and the mask in front of every output.
