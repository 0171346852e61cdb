// "agent-check": somebody beside the server is asked how it does. It goes on in maintenance, which an agent may end, and who cannot be
// asked says nothing about the server.
using System;
using Baton.Configuration.Model;
using Baton.Core.Text;
using Baton.Engine.Connections;
using Baton.Engine.Loop;
using Baton.Engine.Servers;

namespace Baton.Engine.Checks;

/// <summary>OWNER: as <see cref="ServerCheck"/>; what is sent may be changed by any thread.</summary>
public sealed class AgentCheck : ServerCheck
{
    private static readonly CheckScript s_script = CheckScript.Of(CheckKind.Agent, [new ConnectStep(), new Greeting(), new Answer()]);

    private readonly AgentConfig _config;
    private AgentWords? _words;

    internal AgentCheck(ServerState server, Worker owner)
        : base(server, owner, s_script, new CheckHealth(rise: 1, fall: 1))
    {
        _config = server.Config.Agent;
        Place(_config.Address, _config.Port);
        SendText = _config.Send;
    }

    /// <summary>"agent-send"; the runtime API changes it.</summary>
    public string SendText
    {
        get => _sendText;
        set => (_sendText, _sendBytes) = (value, ByteText.GetBytes(value));
    }
    private string _sendText = "";
    private byte[] _sendBytes = [];

    public override int IntervalMs => _config.InterMs;
    protected override int TimeoutMs => _config.InterMs;
    protected override bool Rests => false;
    protected override bool HasSocks => false;
    protected override bool HasPreamble => false;
    protected override bool HasTls => false;

    private protected override void Report(in CheckAnswer answer, int durationMs)
    {
        AgentWords? words = _words;
        _words = null;
        if (Enabled)
            AgentReport.Take(this, words, answer, durationMs);
    }

    private sealed class Greeting() : SendStep([])
    {
        public override byte[] Bytes(CheckDialogue dialogue) => ((AgentCheck)dialogue.Check)._sendBytes;
    }

    /// <summary>One line.</summary>
    private sealed class Answer : ExpectStep
    {
        /// <summary>COMPAT: as HAProxy counts its steps.</summary>
        private const int Step = 2;

        public override CheckAnswer Judge(CheckDialogue dialogue, bool last)
        {
            ReadOnlySpan<byte> data = dialogue.Data;
            int end = data.IndexOfAny((byte)'\r', (byte)'\n');
            if (end >= 0)
            {
                var agent = (AgentCheck)dialogue.Check;
                AgentWords words = AgentWords.Parse(ByteText.Decode(data[..end].ToArray()), agent.Server.Config.Weight);
                agent._words = words;
                return new(CheckVerdict.Done, words.Status, 0, words.Info);
            }
            if (!last)
                return CheckAnswer.Wait;
            return data.IsEmpty
                ? new(CheckVerdict.Failed, CheckStatus.Layer7Response, 0, dialogue.EmptyAnswer(Step))
                : new(CheckVerdict.Failed, CheckStatus.Layer7Timeout, 0, "Ignoring incomplete line from agent");
        }

        public override string Where => "";
    }
}
