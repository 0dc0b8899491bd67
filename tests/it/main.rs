//! The one integration-test binary.

mod adopt;
mod baseline;
mod commands;
mod docs;
mod examples;
mod fixes;
mod formats;
mod hostile;
mod import;
mod layers;
mod new;
mod options;
mod places;
mod policy;
mod projects;
mod query;
mod real;
mod renumber;
mod rule_pages;
mod same;
mod scale;
mod schemas;
mod scope;
mod staged;
mod support;
mod suppress;
