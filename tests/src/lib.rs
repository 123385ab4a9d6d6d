//! floorbook-tests
