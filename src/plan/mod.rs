//! Select and order what will run; pure; fixes the set of checks a pass needs.
