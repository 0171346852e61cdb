// A "mailers" section: the mail servers that alerts are handed to, each of them each alert (manual, "Mailers").
using System.Collections.Generic;

namespace Baton.Configuration.Model;

public sealed class MailersConfig
{
    public required string Name { get; init; }
    public required SourcePosition Position { get; init; }
    public List<MailerConfig> Mailers { get; } = [];

    /// <summary>"timeout mail": milliseconds that the exchange about one mail may take.</summary>
    public int TimeoutMs { get; set; } = 10_000;
}
