//go:build unix

package sqlsink_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/audit/sqlsink/internal/postgrestest"
)

// asRole opens the tables as a role that has some rights only.
func asRole(t *testing.T, role, rights string) (owner, app database) {
	t.Helper()
	leaveOutIfShort(t)
	dsn := postgrestest.Shared(t).Schema(t)
	owner = postgresPool(t, dsn, 2)
	owner.sink(t)
	if _, err := owner.ExecContext(t.Context(), fmt.Sprintf(`DO $$
		DECLARE here text := current_schema();
		BEGIN
			CREATE ROLE %[1]s LOGIN;
			EXECUTE format('GRANT USAGE ON SCHEMA %%I TO %[1]s', here);
			GRANT SELECT ON pme_audit_migrations TO %[1]s;
			GRANT %[2]s ON pme_audit_records, pme_audit_models TO %[1]s;
		END $$`, role, rights)); err != nil {
		t.Fatal(err)
	}
	return owner, postgresPool(t, strings.Replace(dsn, "user=postgres", "user="+role, 1), 2)
}

func TestRoleThatOnlyAddsIsEnough(t *testing.T) {
	owner, app := asRole(t, "adds", "SELECT, INSERT")
	s := app.sink(t)
	c := newChain()
	first := c.some(20)
	add(t, s, first...)
	second := c.some(5)
	add(t, s, slices.Concat(first[15:], second)...) // after an error, they may be stored or not
	wantWhole(t, s, 25)

	if err := s.Append(t.Context(), (&chain{id: c.id}).some(3)); err == nil || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("replacing what is stored: %v", err)
	}
	if n, err := s.Expire(t.Context(), start.Add(time.Hour)); n != 0 || err == nil || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("Expire = %d, %v", n, err)
	}
	wantWhole(t, owner.sink(t), 25)
}

func TestRoleThatDeletesNeedsNoMore(t *testing.T) {
	owner, app := asRole(t, "deletes", "SELECT, INSERT, DELETE")
	s := app.sink(t)
	c := newChain()
	add(t, s, c.some(20)...)
	add(t, s, (&chain{id: c.id}).some(3)...)
	wantWhole(t, owner.sink(t), 3)
	if n, err := s.Expire(t.Context(), start.Add(time.Hour)); n != 1 || err != nil {
		t.Errorf("Expire = %d, %v", n, err)
	}
	wantWhole(t, owner.sink(t), 0)
}
