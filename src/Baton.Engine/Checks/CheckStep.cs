// The steps a check consists of. They are made once for a backend and hold nothing of a check that runs.
using Baton.Configuration.Model;
using Baton.Engine.Connections;

namespace Baton.Engine.Checks;

internal abstract class CheckStep
{
    /// <summary>Which line it was, from 1; 0 for one that nobody wrote.</summary>
    public int Number { get; init; }
    public string Comment { get; init; } = "";

    /// <summary>" at step 3 of tcp-check (connect port 80) comment: 'x'": where it was when nothing came.</summary>
    protected string At(string what)
    {
        string comment = Comment.Length > 0 ? $" comment: '{Comment}'" : "";
        return $" at step {Number} of tcp-check ({what}){comment}";
    }

    /// <summary>Where it was, as it is said of a check that did not get on.</summary>
    public abstract string Where { get; }
}

/// <summary>Opens a connection; what is not set is as the server's checks have it.</summary>
internal sealed class ConnectStep : CheckStep
{
    public int Port { get; init; }
    public SocketEndpoint? Address { get; init; }
    public bool SendProxy { get; init; }
    public bool ViaSocks4 { get; init; }
    public bool Linger { get; init; }
    public bool Ssl { get; init; }
    public string? ServerName { get; init; }

    /// <summary>It is one of the server's checks as they are, whoever asked for it.</summary>
    public bool IsUsual { get; init; } = true;

    /// <summary>COMPAT: a first connection that no line asks for has no number.</summary>
    public override string Where =>
        Number == 0 ? " at initial connection step of tcp-check"
        : Port > 0 ? At($"connect port {Port.ToString(System.Globalization.CultureInfo.InvariantCulture)}")
        : At("connect");
}

/// <summary>Sends the same bytes each time.</summary>
internal class SendStep(byte[] data) : CheckStep
{
    public virtual byte[] Bytes(ServerCheck check) => data;

    public override string Where => At("send");
}

/// <summary>Waits for something, and judges it.</summary>
internal abstract class ExpectStep : CheckStep
{
    public CheckStatus OkStatus { get; init; } = CheckStatus.Layer7Ok;
    public CheckStatus ErrorStatus { get; init; } = CheckStatus.Layer7Response;
    public CheckStatus TimeoutStatus { get; init; } = CheckStatus.Layer7Timeout;
    public string? OnSuccess { get; init; }
    public string? OnError { get; init; }

    /// <param name="last">Nothing more comes.</param>
    public abstract CheckAnswer Judge(CheckDialogue dialogue, bool last);

    /// <summary>COMPAT: its comment, behind what is said of a failure.</summary>
    protected string WithComment(string info) => Comment.Length > 0 ? $"{info} comment: {Comment}" : info;

    protected static ProxyConfig ConfigOf(ServerCheck check) => check.Server.Backend.Config;
}
