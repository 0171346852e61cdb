namespace Baton.Configuration.Model;

/// <summary>A "mailer" line: a mail server.</summary>
public sealed record MailerConfig(string Name, AddressConfig Address, SourcePosition Position);
