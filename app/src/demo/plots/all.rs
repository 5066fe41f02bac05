//! Every plot, in one list.

use super::{contracts, leave, office, own, payments, purchases};
use crate::demo::scene::Scene;

/// Every plot.
pub(in crate::demo) static ALL: [&[Scene]; 6] =
    [office::SCENES, contracts::SCENES, purchases::SCENES, payments::SCENES, leave::SCENES, own::SCENES];
