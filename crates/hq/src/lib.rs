//! floorbook-hq
