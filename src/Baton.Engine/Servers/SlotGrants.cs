// Slots on their way to streams that wait for one: tasks that are used again, made on one thread and ended on another.
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Baton.Engine.Streams;

namespace Baton.Engine.Servers;

/// <summary>One for a backend; any thread. There are as many as were ever under way at a time.</summary>
internal sealed class SlotGrants
{
    private SpinGate _gate;
    private SlotGrant? _free;

    public LoopTask Rent(ProxyStream stream, ServerState server)
    {
        SlotGrant? grant;
        using (_gate.Enter())
        {
            grant = _free;
            if (grant is not null)
                _free = (SlotGrant?)grant.NextTask;
        }
        grant ??= new SlotGrant(this);
        grant.NextTask = null;
        (grant.Stream, grant.Sequence, grant.Server) = (stream, stream.SequenceNumber, server);
        return grant;
    }

    private void Return(SlotGrant grant)
    {
        grant.Stream = null!;
        using (_gate.Enter())
        {
            grant.NextTask = _free;
            _free = grant;
        }
    }

    private sealed class SlotGrant(SlotGrants owner) : LoopTask
    {
        public ProxyStream Stream = null!;
        public ServerState Server = null!;
        public uint Sequence;

        public override void Run(Worker worker)
        {
            if (Stream.SequenceNumber == Sequence)
                Stream.Choice.Granted(Server);
            else
                Server.GiveBackSlot(worker);
            // one that failed stays as it is, for Abandon, and is not used again
            owner.Return(this);
        }

        internal override void Abandon(Worker worker)
        {
            bool mine = Stream.SequenceNumber == Sequence;
            if (!mine || !Stream.Choice.HoldsSlot)
                Server.GiveBackSlot(worker);
            if (mine)
                Stream.Abandon();
        }
    }
}
