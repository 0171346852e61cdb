// A name that somebody wants to know once. The first worker finds it out.
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Loop;

namespace Baton.Engine.Resolvers;

/// <summary>OWNER: who asks; between <see cref="Complete"/> and <see cref="LoopTask.Run"/> the first worker.</summary>
internal abstract class DnsQuestion(Worker worker, string name, AddressKind family) : LoopTask
{
    private SocketAddress _address;

    public string Name => name;
    public DnsRecordType Type => worker.Engine.Families.First(family);

    /// <summary>Not set when the name has none.</summary>
    public SocketAddress Address => _address;

    /// <summary>On the first worker: takes the address and goes back to the worker of who asked.</summary>
    internal void Complete(Resolution resolution)
    {
        int best = -1;
        if (resolution.Status == DnsStatus.Valid)
            foreach (Resolution.Item item in resolution.Items)
            {
                int score = item.Record.Address.IsIPv4 == (family == AddressKind.IPv4) ? 1 : 0;
                if (!item.Record.Address.IsSet || score <= best)
                    continue;
                best = score;
                _address = item.Record.Address;
            }
        worker.Post(this);
    }
}
