// New connections on their way from the worker that accepted them to the one that will own them.
using Baton.Engine.Connections;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Baton.Interop.Linux;

namespace Baton.Engine.Listeners;

/// <summary>
/// Tasks that are used again: they are made on one thread and end on another, so the list of free ones is shared. Short
/// connections on two workers made 10 KB of garbage a second without it.
/// </summary>
internal sealed class Placements
{
    private SpinGate _gate;
    private Placement? _free;

    public LoopTask Rent(ListenerState listener, int fd, in SocketAddress source)
    {
        Placement? placement;
        using (_gate.Enter())
        {
            placement = _free;
            if (placement is not null)
                _free = (Placement?)placement.NextTask;
        }
        placement ??= new Placement(this);
        placement.NextTask = null;
        placement.Listener = listener;
        placement.Fd = fd;
        placement.Source = source;
        return placement;
    }

    private void Return(Placement placement)
    {
        placement.Listener = null!;
        using (_gate.Enter())
        {
            placement.NextTask = _free;
            _free = placement;
        }
    }

    private sealed class Placement(Placements owner) : LoopTask
    {
        public ListenerState Listener = null!;
        public int Fd;
        public SocketAddress Source;

        public override void Run(Worker worker)
        {
            ListenerState listener = Listener;
            int fd = Fd;
            SocketAddress source = Source;
            owner.Return(this);
            listener.Target.Accepted(worker, listener, fd, source);
        }

        /// <summary>Whoever has taken it over from here sees to it.</summary>
        internal override void Abandon(Worker worker)
        {
            if (Listener is not { } listener)
                return;
            Files.close(Fd);
            listener.GiveBack();
            owner.Return(this);
        }
    }
}
