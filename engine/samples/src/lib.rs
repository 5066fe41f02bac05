#![doc = include_str!("../README.md")]

pub mod async_http;
pub mod catalogue;
pub mod counter;
pub mod fan_out_fan_in;
pub mod function_chaining;
pub mod greet;
pub mod human_interaction;
pub mod monitor_service;
pub mod order_processing;
pub mod receipt;

pub use catalogue::{EntitySample, Sample, catalogue, entities};

use countersign_engine::Registry;
use countersign_engine::registry::RegistryError;

/// Registers every sample's orchestration, and the operations of the counter. Their activities are the host's to register.
pub fn register(registry: Registry) -> Result<Registry, RegistryError> {
    counter::register(registry)?
        .orchestration(greet::GREET, greet::greet)?
        .orchestration(order_processing::ORDER_PROCESSING, order_processing::order_processing)?
        .orchestration(function_chaining::FUNCTION_CHAINING, function_chaining::function_chaining)?
        .orchestration(fan_out_fan_in::FAN_OUT_FAN_IN, fan_out_fan_in::fan_out_fan_in)?
        .orchestration(async_http::ASYNC_HTTP, async_http::async_http)?
        .orchestration(monitor_service::MONITOR_SERVICE, monitor_service::monitor_service)?
        .orchestration(human_interaction::HUMAN_INTERACTION, human_interaction::human_interaction)
}
