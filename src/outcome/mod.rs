//! Events, the fold, the log: what passes from run to report.
