//go:build unix

package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/go-pme/pme/connect/sqlstore"
	"github.com/go-pme/pme/connect/sqlstore/internal/postgrestest"
	"github.com/go-pme/pme/connect/store"
)

// useAtOnce uses stores of several processes, with a pool each, at once.
func useAtOnce(stores []*sqlstore.Store) error {
	var all sync.WaitGroup
	errs := make([]error, len(stores)*4)
	for i := range errs {
		all.Go(func() {
			s, ctx := stores[i%len(stores)], context.Background()
			r := record(fmt.Sprint("user ", i), "A")
			errs[i] = s.Create(ctx, r, 10)
			for n := 0; n < 10 && errs[i] == nil; n++ {
				_, err := s.Get(ctx, r.Key)
				errs[i] = errors.Join(err, s.Update(ctx, r.Key, relabel(fmt.Sprint(n))))
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// openAll opens stores of several processes through a proxy.
func openAll(t *testing.T, dsn string) (stores []*sqlstore.Store, err error) {
	t.Helper()
	key := sqlstore.NewKey()
	for range 3 {
		s, err := postgresPool(t, dsn, 4).open(t, sqlstore.Config{Keys: []sqlstore.Key{key}})
		if err != nil {
			return nil, err
		}
		stores = append(stores, s)
	}
	return stores, nil
}

// pgx keeps prepared statements by default, which another client's connection has already or does not have.
func TestPreparedStatementsBehindAProxyAreExplained(t *testing.T) {
	leaveOutIfShort(t)
	proxy := postgrestest.New(t).Bouncer(t)
	stores, err := openAll(t, proxy.DSN(""))
	if err == nil {
		err = useAtOnce(stores)
	}
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"PgBouncer", "default_query_exec_mode=exec", "max_prepared_statements"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %q", want, err)
		}
	}
}

func TestProxyIsFineWithoutPreparedStatements(t *testing.T) {
	leaveOutIfShort(t)
	for _, mode := range []string{"exec", "simple_protocol"} {
		t.Run(mode, func(t *testing.T) {
			proxy := postgrestest.New(t).Bouncer(t)
			stores, err := openAll(t, proxy.DSN(mode))
			if err != nil {
				t.Fatal(err)
			}
			if err := useAtOnce(stores); err != nil {
				t.Fatal(err)
			}
			// The locks of Updates hold between processes: they belong to a transaction.
			k := store.Key{User: "user 0", ID: "A"}
			var all sync.WaitGroup
			inside := make(chan struct{}, 1)
			for _, s := range stores {
				all.Go(func() {
					err := s.Update(t.Context(), k, func(context.Context, *store.Record) error {
						inside <- struct{}{}
						if len(inside) != 1 {
							t.Error("two Updates of one connection at once")
						}
						<-inside
						return nil
					})
					if err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
		})
	}
}
