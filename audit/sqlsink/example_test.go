package sqlsink_test

import (
	"context"
	"database/sql"
	"os"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver called pgx

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/audit/sqlsink"
)

// Several replicas keep their trail in one PostgreSQL database.
func Example() {
	open := func(ctx context.Context) (*sql.DB, *audit.Trail, error) {
		db, err := sql.Open("pgx", os.Getenv("DATABASE_URL"))
		if err != nil {
			return nil, nil, err
		}
		db.SetMaxOpenConns(4)
		sink, err := sqlsink.New(ctx, sqlsink.Config{DB: db, Dialect: sqlsink.PostgreSQL})
		if err != nil {
			return nil, nil, err
		}
		trail, err := audit.New(audit.Config{Sinks: []audit.Sink{sink}, Mode: audit.Required})
		return db, trail, err // the trail is closed first, then the database
	}
	_ = open
}
