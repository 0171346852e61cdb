// An idle connection on its way from the worker that keeps it to the one whose stream needs it: tasks that are used again, made on
// one thread and ended on another. The lender takes the connection out of its pool and its loop, the borrower puts it into its own
// and wakes the stream, which then finds it there; if the stream has gone meanwhile, or did not wait, the next one does.
using Baton.Engine.Connections;
using Baton.Engine.Connections.Transports;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;
using Baton.Interop.Linux;

namespace Baton.Engine.Streams;

/// <summary>One for a process; any thread. There are as many as were ever under way at a time.</summary>
internal sealed class IdleLoans
{
    /// <summary>How long a stream waits for another worker's answer before it makes a connection itself (ms). A worker that is busy
    /// answers between two rounds of its loop, in some tens of microseconds else.</summary>
    public const int PatienceMs = 10;
    private SpinGate _gate;
    private Loan? _free;

    /// <summary>
    /// Asks the worker that keeps most idle connections to the stream's server for one. False when there is none to ask for: none is
    /// kept elsewhere, fewer than pool-low-conn says are, or they are not shared (tune.idle-pool.shared).
    /// </summary>
    public bool TryAsk(ProxyStream stream, ServerState server, bool provenOnly, ulong nameKey)
    {
        Worker borrower = stream.Worker;
        if (borrower.Engine.WorkerCount == 1 || borrower.Engine.Config.Global.KeepsIdleApart)
            return false;
        int all = 0,
            most = 0,
            lender = -1;
        for (int i = 0; i < server.Pools.Length; i++)
        {
            int count = server.Pools.Find(i)?.Count ?? 0;
            all += count;
            if (count > most && i != borrower.Index)
                (most, lender) = (count, i);
        }
        if (lender < 0 || all < server.Config.PoolLowConn)
            return false;
        Loan loan = Rent();
        (loan.Borrower, loan.Server, loan.Stream, loan.Sequence) = (borrower, server, stream, stream.SequenceNumber);
        (loan.ProvenOnly, loan.NameKey) = (provenOnly, nameKey);
        borrower.Engine.Workers[lender].Post(loan);
        return true;
    }

    private Loan Rent()
    {
        Loan? loan;
        using (_gate.Enter())
        {
            loan = _free;
            if (loan is not null)
                _free = (Loan?)loan.NextTask;
        }
        loan ??= new Loan(this);
        loan.NextTask = null;
        return loan;
    }

    private void Return(Loan loan)
    {
        loan.Clear();
        using (_gate.Enter())
        {
            loan.NextTask = _free;
            _free = loan;
        }
    }

    private sealed class Loan(IdleLoans owner) : LoopTask
    {
        public Worker Borrower = null!;
        public ServerState Server = null!;
        public ProxyStream? Stream;
        public uint Sequence;
        public bool ProvenOnly;
        public ulong NameKey;
        private int _fd = -1,
            _reuses;
        private long _idleSinceMs;
        private bool _wakes;
        private SocketEndpoint? _madeFor;
        private Transport? _transport;

        public override void Run(Worker worker)
        {
            if (worker == Borrower)
            {
                Receive(worker);
                owner.Return(this);
                return;
            }
            if (Server.Pools.Find(worker.Index)?.Pop(ProvenOnly, NameKey, toLend: true) is { } idle)
            {
                (_reuses, _idleSinceMs, _madeFor) = (idle.Reuses, idle.IdleSinceMs, idle.MadeFor);
                idle.MoveAway(out _fd, out _transport);
            }
            Borrower.Post(this);
        }

        private void Receive(Worker worker)
        {
            if (_fd >= 0)
            {
                int fd = _fd;
                _fd = -1;
                if (ServerConnection.Moved(worker, Server, fd, _transport, _reuses) is { } connection)
                {
                    (connection.MadeFor, connection.NameKey, connection.IdleSinceMs) = (_madeFor, NameKey, _idleSinceMs);
                    connection.CanRead = false;
                    connection.EnterPool();
                }
                else
                    _transport?.Release(null);
                _transport = null;
            }
            _wakes = true;
            if (Stream!.SequenceNumber == Sequence)
                Stream.Connecting.LoanAnswered();
        }

        /// <summary>A stream that failed when it was woken is ended; one that waits still goes on when its patience ends.</summary>
        internal override void Abandon(Worker worker)
        {
            if (_fd >= 0)
            {
                Files.close(_fd);
                Server.OpenConnections?.GiveBack();
            }
            _transport?.Release(null);
            if (_wakes && Stream!.SequenceNumber == Sequence)
                Stream.Abandon();
            owner.Return(this);
        }

        public void Clear()
        {
            (Borrower, Server, Stream, _transport, _madeFor) = (null!, null!, null, null, null);
            (_fd, _wakes) = (-1, false);
        }
    }
}
