//! Tests of admission and of the token service.
