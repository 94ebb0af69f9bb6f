"""Kernels that start at once: copies of one process that has imported the libraries already.

Elsewhere than on Linux, where such copies are not safe, each kernel starts from nothing.
"""

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import forkserver, get_context
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess, parent_process
from pathlib import Path
from subprocess import Popen
from threading import Thread
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

CONTEXT: ForkServerContext | SpawnContext = (
    get_context("forkserver") if sys.platform == "linux" else get_context("spawn")
)
ENVIRONMENT = {
    # One thread each: there are as many kernels as cores.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "RAYON_NUM_THREADS": "1",
    # Matplotlib reads it when it is imported, that is before the kernel starts.
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}
OWN = (".py", ".pyc", ".ipynb")  # ... of the package, which is imported more widely than used


@dataclass(frozen=True)
class Reading:
    """The files below ``root`` that a kernel may read."""

    root: Path
    files: frozenset[Path]

    def check(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Refuse, as an audit hook, to open a file whose changes would go unnoticed."""
        if event != "open" or not isinstance(arguments[0], str | bytes):
            return
        path = Path(os.path.abspath(os.fsdecode(arguments[0])))
        if arguments[2] & (os.O_WRONLY | os.O_RDWR) or not path.is_relative_to(self.root):
            return
        inside = path.relative_to(self.root)
        top = inside.parts[0] if inside.parts else "."
        by_product = top[0] in "._" or top.endswith(".egg-info") or path.suffix in OWN
        if not by_product and path not in self.files and path.is_file():
            raise PermissionError(
                f"a change of {inside.as_posix()} would not run this chapter again: "
                "read files of the packages or of a folder in DATA of _ext/dependencies.py"
            )


def _run_kernel(arguments: list[str], folder: str, reading: Reading) -> None:
    """Be an IPython kernel in a folder until told to shut down."""
    from ipykernel.kernelapp import IPKernelApp

    gc.freeze()  # what was copied stays: searching it for garbage takes time and memory
    os.chdir(folder)
    sys.path.insert(0, "")  # the chapter's folder comes before those of the build
    sys.addaudithook(reading.check)
    Thread(target=_end_with_build, daemon=True).start()
    IPKernelApp.launch_instance(arguments)


def _end_with_build() -> None:
    """End when the process that asked for this one has ended, however it did."""
    build = parent_process()
    if build is not None:
        build.join()
        os._exit(1)


@dataclass
class _Process:
    """A process of ``multiprocessing`` behind the names of ``subprocess.Popen``."""

    process: BaseProcess
    stdin = stdout = stderr = None

    def poll(self) -> int | None:
        return self.process.exitcode

    def wait(self) -> int | None:
        self.process.join()
        return self.process.exitcode

    def send_signal(self, number: int) -> None:
        if self.process.pid is not None:
            os.kill(self.process.pid, number)

    def kill(self) -> None:
        self.process.kill()

    def terminate(self) -> None:
        self.process.terminate()


class _Copied(LocalProvisioner):
    """Starts a kernel as a copy of the warm process, in place of a command."""

    reading: Reading

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel that the command stands for."""
        arguments = (cmd[cmd.index("-f") :], kwargs["cwd"], self.reading)
        process = CONTEXT.Process(target=_run_kernel, args=arguments)
        process.start()
        self.process, self.pid = cast("Popen[bytes]", _Process(process)), process.pid
        return self.connection_info


def warm_up(libraries: list[str]) -> None:
    """Start the process that kernels are copies of; it imports the libraries by and by."""
    if isinstance(CONTEXT, ForkServerContext):
        CONTEXT.set_forkserver_preload(["ipykernel.kernelapp", *libraries])
        with _environment(ENVIRONMENT):
            forkserver.ensure_running()


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(values)
    yield
    os.environ.clear()
    os.environ.update(before)


def kernel_manager(reading: Reading) -> AsyncKernelManager:
    """Return a manager of one kernel, not started yet, that may read these files."""
    manager = AsyncKernelManager(kernel_name="python3")
    provisioner = _Copied(kernel_id="", kernel_spec=manager.kernel_spec, parent=manager)
    provisioner.reading = reading
    manager.provisioner = provisioner
    return manager
