package sqlsink

import (
	"errors"
	"fmt"
)

// errPreparedStatements means that the database's server connections are shared by a proxy such as PgBouncer, and that
// the driver expects to find its prepared statements again.
var errPreparedStatements = errors.New("a proxy such as PgBouncer shares the server's connections, and the driver keeps prepared statements in them:" +
	" with pgx set default_query_exec_mode=exec in the connection string, or in PgBouncer (1.21 or later) max_prepared_statements")

// explained adds the remedy to a database error with one of these codes. Drivers offer the code by a method, so no
// driver has to be imported.
func explained(err error) error {
	var coded interface{ SQLState() string }
	if !errors.As(err, &coded) {
		return err
	}
	switch coded.SQLState() {
	case "42P05", // a prepared statement of this name exists already: another client has made it
		"26000": // there is none of this name: it is in another connection
		return fmt.Errorf("%w: %w", errPreparedStatements, err)
	}
	return err
}
