// The parameters of SETTINGS (RFC 9113 §6.5.2, RFC 8441 §3, RFC 9218 §2.1).
namespace Baton.Http.H2;

/// <summary>Identifier of a setting. Unknown ones are passed over.</summary>
public enum SettingsId : ushort
{
    /// <summary>Most octets of the HPACK table that the sender decodes with.</summary>
    HeaderTableSize = 1,

    /// <summary>The sender may be pushed to.</summary>
    EnablePush = 2,

    /// <summary>Most streams at once that the peer may have opened.</summary>
    MaxConcurrentStreams = 3,

    /// <summary>The window of each stream at its start.</summary>
    InitialWindowSize = 4,

    /// <summary>Most octets of a frame's payload.</summary>
    MaxFrameSize = 5,

    /// <summary>Most octets of a field list, as it is counted without compression; advice only.</summary>
    MaxHeaderListSize = 6,

    /// <summary>The sender takes CONNECT with a protocol (RFC 8441).</summary>
    EnableConnectProtocol = 8,

    /// <summary>The sender makes nothing of the old priorities (RFC 9218).</summary>
    NoRfc7540Priorities = 9,
}
