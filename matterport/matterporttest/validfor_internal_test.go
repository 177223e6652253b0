package matterporttest

import (
	"errors"
	"testing"
	"time"
)

func TestValidForIsReadInBothNotations(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"PT10M": 10 * time.Minute, "P1D": 24 * time.Hour, "PT1H30M": 90 * time.Minute, "PT90S": 90 * time.Second,
		"PT24H": 24 * time.Hour, "PT1H0M5S": time.Hour + 5*time.Second, "P0DT1H": time.Hour,
		"24h": 24 * time.Hour, "10m": 10 * time.Minute, "90s": 90 * time.Second, "1h30m": 90 * time.Minute,
		"30s": 30 * time.Second, "1h0m0s": time.Hour, "86400s": 24 * time.Hour,
	} {
		if got, err := parseValidFor(text); err != nil || got != want {
			t.Errorf("%q = %v, %v; want %v", text, got, err, want)
		}
	}
}

func TestValidForOutsideItsBoundsIsRefused(t *testing.T) {
	for _, text := range []string{"29s", "PT29S", "0s", "24h1s", "P1DT1S", "25h", "P2D", "999999h", "P999999D"} {
		if got, err := parseValidFor(text); !errors.Is(err, errValidForBounds) {
			t.Errorf("%q = %v, %v", text, got, err)
		}
	}
}

func TestValidForThatIsNoDurationIsRefused(t *testing.T) {
	for _, text := range []string{
		"", "P", "PT", "P1DT", "10", "m", "10 m", " 10m", "10m ", "10M", "pt10m", "PT10m", "-10m", "+10m", "PT-10M",
		"1.5h", "PT1.5H", "30m1h", "PT30M1H", "1d", "P1W", "P1M", "600000ms", "10m\n", "1h1h", "9999999s", "١٠m",
	} {
		if got, err := parseValidFor(text); !errors.Is(err, errValidForForm) {
			t.Errorf("%q = %v, %v", text, got, err)
		}
	}
}

func FuzzValidFor(f *testing.F) {
	for _, seed := range []string{"PT10M", "P1D", "PT1H30M", "24h", "1h30m", "90s", "", "P", "PT", "999999h999999m999999s"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parseValidFor(text)
		if err != nil && got != 0 {
			t.Errorf("%q = %v and an error", text, got)
		}
		if err == nil && (got < minValidFor || got > maxValidFor) {
			t.Errorf("%q = %v", text, got)
		}
		// Where Go's own notation is understood, it is understood alike.
		if std, stdErr := time.ParseDuration(text); err == nil && stdErr == nil && std != got {
			t.Errorf("%q = %v; Go reads %v", text, got, std)
		}
	})
}
