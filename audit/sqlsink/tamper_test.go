//go:build unix

package sqlsink_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/go-pme/pme/audit"
)

// Whatever is changed in a row is found, named, and hides no other one.
func TestChangedRowsAreErrorsAboutOneRecord(t *testing.T) {
	onBoth(t, func(t *testing.T, db database) {
		s := db.sink(t)
		for what, change := range map[string]string{
			"the time":        `UPDATE pme_audit_records SET at = at + 1`,
			"the kind":        `UPDATE pme_audit_records SET kind = 'configured'`,
			"the user":        `UPDATE pme_audit_records SET user_id = 'alice'`,
			"the line":        `UPDATE pme_audit_records SET line = 'x' || line`,
			"no line":         `UPDATE pme_audit_records SET line = ''`,
			"another line":    `UPDATE pme_audit_records SET line = (SELECT line FROM pme_audit_records WHERE chain = $1 AND number = 4)`,
			"another user":    `UPDATE pme_audit_records SET line = REPLACE(line, 'bob', 'eve')`,
			"another version": `UPDATE pme_audit_records SET line = REPLACE(line, '"v":1', '"v":2')`,
			"no model":        `DELETE FROM pme_audit_models`,
			"a model":         `UPDATE pme_audit_models SET model = model || 'x'`,
		} {
			c := newChain()
			add(t, s, c.some(5)...)
			db.exec(t, change+` WHERE chain = $1 AND number = 3`, c.id)
			n, errs := read(t, s, audit.Query{})
			if n != 4 || len(errs) != 1 || !errors.Is(errs[0], audit.ErrLine) ||
				!strings.Contains(errs[0].Error(), c.id) || !strings.Contains(errs[0].Error(), "record 3:") {
				t.Errorf("%s: %d records and %q", what, n, errs)
			}
			v, err := audit.Verify(t.Context(), s, nil)
			if err != nil || v.OK() {
				t.Errorf("%s: Verify = %+v, %v", what, v, err)
			}
			for _, table := range []string{"pme_audit_records", "pme_audit_models"} {
				db.exec(t, `DELETE FROM `+table)
			}
		}
	})
}

func TestRowsOfForeignNumbersHideNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, db database) {
		for _, number := range []int64{0, -1, -1 << 63, 1<<63 - 1, 10_000_000} {
			s := db.sink(t)
			c := newChain()
			records := c.some(5)
			add(t, s, records...)
			db.exec(t, `INSERT INTO pme_audit_records (chain, number, at, kind, user_id, line) VALUES ($1, $2, 1, '', '', $3)`, c.id, number, records[0].Line())
			n, errs := read(t, s, audit.Query{})
			if n != 5 || len(errs) != 1 || !strings.Contains(errs[0].Error(), fmt.Sprint(number)) {
				t.Errorf("number %d: %d records and %q", number, n, errs)
			}
			db.exec(t, `DELETE FROM pme_audit_records`)
		}
	})
}
