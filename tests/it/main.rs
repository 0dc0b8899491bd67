//! The one integration-test binary.

mod commands;
mod fixes;
mod hostile;
mod layers;
mod options;
mod rule_pages;
mod same;
mod scale;
mod schemas;
mod scope;
mod staged;
mod support;
mod suppress;
