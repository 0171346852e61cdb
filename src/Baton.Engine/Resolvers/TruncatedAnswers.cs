// An answer that did not fit into its datagram is asked for again of the same name server over TCP (RFC 1123 §6.1.3.2, RFC 7766 §5).
using Baton.Configuration.Model;
using Baton.Engine.Loop;

namespace Baton.Engine.Resolvers;

/// <summary>
/// OWNER: the first worker, under the section's gate. A name server whose line says nothing of a transport has a stream beside its
/// datagrams, made when it is needed for the first time; what is said on it is that name server's, and counted there. What is truncated
/// over TCP too is so for good.
/// COMPAT: haproxy up to 3.4 has no such fallback. One whose line says "udp@" keeps to datagrams.
/// </summary>
internal sealed class TruncatedAnswers(ResolversState owner, Worker worker)
{
    private readonly StreamNameserver?[] _streams = new StreamNameserver?[owner.Nameservers.Length];

    /// <summary>Asks the same question once more; false where this name server has no stream, or cannot be reached by it.</summary>
    public bool AskAgain(int nameserver, Resolution resolution)
    {
        Nameserver from = owner.Nameservers[nameserver];
        if (from is StreamNameserver || from.Config.Transport != NameserverTransport.Any)
            return false;
        StreamNameserver stream = _streams[nameserver] ??= new StreamNameserver(from.Config, owner, worker, from);
        return resolution.AskByStream(nameserver, stream);
    }

    /// <summary>It has not answered in time by its stream.</summary>
    public void NoteTimeout(int nameserver) => _streams[nameserver]?.EndWhenSilent();
}
