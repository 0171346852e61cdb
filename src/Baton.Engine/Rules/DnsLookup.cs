// A name that a rule of a stream wants to know (do-resolve). The stream is woken when it is known.
using Baton.Configuration.Model;
using Baton.Engine.Loop;
using Baton.Engine.Resolvers;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

internal sealed class DnsLookup(ProxyStream stream, object rule, string name, AddressKind family) : DnsQuestion(stream.Worker, name, family)
{
    private readonly uint _life = stream.Life;

    /// <summary>Whose question it is.</summary>
    public object Rule => rule;

    /// <summary>There is an answer; it may be that there is no address.</summary>
    public bool IsDone { get; private set; }

    /// <summary>On the stream's worker: it may have ended, or be another one's by now.</summary>
    public override void Run(Worker worker)
    {
        IsDone = true;
        if (stream.Life == _life)
            stream.Wake();
    }
}
