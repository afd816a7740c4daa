//! JSON as the wire wrote it: exact numbers, typed equality, names of types.
