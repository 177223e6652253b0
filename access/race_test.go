//go:build race

package access_test

// raceDetector says that everything is many times slower.
const raceDetector = true
