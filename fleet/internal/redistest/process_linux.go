package redistest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"syscall"
)

func endWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGKILL }

// stopped returns nil once SIGSTOP has stopped the process.
func (p *process) stopped() error {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.Pid))
	if err != nil {
		return err
	}
	_, state, _ := bytes.Cut(stat, []byte(") "))
	if !bytes.HasPrefix(state, []byte("T")) {
		return errors.New("the process still runs")
	}
	return nil
}
