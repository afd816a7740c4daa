//! What the open sets share: name, summary, example, find-or-suggest.
