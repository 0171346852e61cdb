// What one process tells the next of servers to which nothing has happened: in pieces that stand alone, once.
using System.Linq;
using System.Text;
using Baton.Configuration;
using Baton.Configuration.Expressions;
using Baton.Core.Frames;
using Baton.Engine;
using Baton.Engine.Build;
using Baton.Engine.Rules;
using Baton.Engine.Servers;
using Xunit;

namespace Baton.UnitTests.Engine.Servers;

public sealed class ServerStateParticipantTests
{
    private const int Servers = 300;

    private static EngineState Build()
    {
        var text = new StringBuilder("backend none\nbackend one\n    server s 127.0.0.1:1\nbackend many\n");
        for (int i = 0; i < Servers; i++)
            text.Append($"    server s{i} 127.0.0.1:1\n");
        text.Append("backend last\n    server s 127.0.0.1:1\n    server off 127.0.0.1:1 disabled\n");
        var loader = new ConfigurationLoader(sink => new ExpressionParser(EngineCatalog.Create(), sink));
        return new EngineBuilder(loader.LoadOnly(text.ToString(), "test.cfg")!, new ResourceLimits(10, 4096)) { Workers = 1 }.Build()!;
    }

    private static void Hear(EngineState engine, System.ReadOnlySpan<byte> piece)
    {
        var reader = new FrameReader(piece);
        new ServerStateParticipant().Read(engine, ref reader);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(500)]
    [InlineData(1 << 16)]
    public void Since_when_all_are_as_they_are_is_told_once_in_pieces(int room)
    {
        EngineState one = Build(),
            other = Build();
        ServerState[] servers = one.Backends.SelectMany(b => b.Servers).ToArray();
        for (int i = 0; i < servers.Length; i++)
            servers[i].LastStateChangeMs -= 1000 + i;
        foreach (var backend in one.Backends)
            backend.LastStatusChangeMs -= 500;
        var participant = new ServerStateParticipant();
        participant.Begin(one);
        var writer = new FrameWriter();
        int pieces = 0;
        for (; participant.WriteNext(one, writer, room); writer.Clear(), pieces++)
        {
            Assert.InRange(writer.Length, 1, room + 2 * 128);
            // nothing is believed of one that is torn
            for (int cut = 0; cut < writer.Length && pieces == 0; cut += 7)
                Hear(Build(), writer.Written[..cut]);
            Hear(other, writer.Written);
        }
        Assert.InRange(pieces, room > 1000 ? 1 : 4, 2 * Servers);
        Assert.Equal(servers.Select(s => s.LastStateChangeMs), other.Backends.SelectMany(b => b.Servers).Select(s => s.LastStateChangeMs));
        Assert.Equal(one.Backends.Select(b => b.LastStatusChangeMs), other.Backends.Select(b => b.LastStatusChangeMs));
        participant.Begin(one);
        Assert.False(participant.WriteNext(one, writer, room));
    }
}
