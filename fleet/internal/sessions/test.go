package sessions

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"
)

// Test uses, stores and deletes something under a name that does not exist. An error of the server, such as a right that is
// missing, is returned.
func (s *Store) Test(ctx context.Context) error {
	name := "test " + rand.Text()
	first, err := s.Once(ctx, name, time.Minute)
	if err == nil && !first {
		err = errors.New("a name is taken for used")
	}
	err = errors.Join(err, s.Save(ctx, name, []byte(name), time.Minute))
	value, loadErr := s.Load(ctx, name)
	if err = errors.Join(err, loadErr); err == nil && !bytes.Equal(value, []byte(name)) {
		err = errors.New("a value comes back changed")
	}
	if err = errors.Join(err, s.Delete(ctx, name)); err != nil {
		return fmt.Errorf("fleet: testing the store of logins: %w", err)
	}
	return nil
}
