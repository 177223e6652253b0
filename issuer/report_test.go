package issuer_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/matterport"
)

// reports returns the records above info level.
func (r *rig) reports() (lines []string) {
	for line := range strings.Lines(r.log.String()) {
		if strings.Contains(line, "level=WARN") || strings.Contains(line, "level=ERROR") {
			lines = append(lines, line)
		}
	}
	return lines
}

func TestFailedMintIsReportedOnce(t *testing.T) {
	away := &matterport.Error{Op: "mint", Err: matterport.ErrUnavailable}
	for name, test := range map[string]struct {
		age   time.Duration // of the stored token; 0: there is none
		takes time.Duration // the mint
		err   error         // that the caller gets; nil: it gets a token
		want  string
	}{
		"without a token":             {0, 0, issuer.ErrUnavailable, `msg="token withheld"`},
		"with a token":                {8*time.Minute + 30*time.Second, 0, nil, `msg="token reused"`},
		"with a token, while waiting": {8*time.Minute + 30*time.Second, 10 * time.Second, nil, `msg="token reused"`},
		"with a token that expires":   {8*time.Minute + 59*time.Second, 1500 * time.Millisecond, issuer.ErrUnavailable, `msg="token withheld"`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, nil)
				if test.age > 0 {
					r.issue(t, alice, office)
					time.Sleep(test.age)
				}
				r.log.Reset()
				r.up.set(func(u *upstream) { u.failing, u.takes = away, test.takes })
				if test.err == nil {
					r.issue(t, alice, office)
				} else {
					r.refuse(t, test.err, alice, office)
				}
				time.Sleep(time.Minute)
				if lines := r.reports(); len(lines) != 1 || !strings.Contains(lines[0], test.want) {
					t.Errorf("%d records, want one %s:\n%s", len(lines), test.want, strings.Join(lines, ""))
				}
			})
		})
	}
}
