package redis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"

	"github.com/redis/rueidis"
)

// ErrDown means that the store does not answer, or that it takes no calls for now. What a call asked for may have happened.
var ErrDown = errors.New("fleet: Redis does not answer")

// passing begins the answers of servers that take no calls for now.
var passing = []string{"LOADING", "READONLY", "NOREPLICAS", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "MOVED", "ASK ", "BUSY"}

func failed(err error) error {
	if errors.Is(err, context.Canceled) {
		return err // the caller has left
	}
	return Sort(err)
}

// Sort tells what the operator has to correct from an answer that refuses a call, and that from no answer.
func Sort(err error) error {
	if errors.Is(err, ErrSetup) {
		return err
	}
	if text := remedy(err); text != "" {
		return fmt.Errorf("fleet: %s: %w", text, err)
	}
	if answer, ok := rueidis.IsRedisErr(err); ok && !isPassing(answer.Error()) {
		return fmt.Errorf("fleet: Redis refuses a call: %w", err)
	}
	return fmt.Errorf("%w: %w", ErrDown, err)
}

func isPassing(answer string) bool {
	for _, word := range passing {
		if strings.HasPrefix(answer, word) || word == "READONLY" && strings.Contains(answer, word) { // inside of scripts
			return true
		}
	}
	return strings.Contains(answer, "non local key") // of a script, when the slot is on its way to another node
}

// IsReplica reports whether the server has answered that it is a replica: the connection leads to the wrong one.
func IsReplica(err error) bool {
	var answer *rueidis.RedisError
	return errors.As(err, &answer) && strings.Contains(answer.Error(), "READONLY")
}

// Unanswered reports whether no server has answered.
func Unanswered(err error) bool {
	var answer *rueidis.RedisError
	return errors.Is(err, ErrDown) && !errors.As(err, &answer)
}

// isMoving reports whether some of the keys are on their way to another server.
func isMoving(err error) bool {
	answer, ok := rueidis.IsRedisErr(err)
	return ok && answer.IsTryAgain()
}

// isCut reports whether the connection has ended.
func isCut(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}
