//! The orchestrations on the real rules and a real database, driven step by step.

mod crash_points;
