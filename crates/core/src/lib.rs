//! floorbook-core
