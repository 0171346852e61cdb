// What has become of keeping one OCSP response fresh.
using System;

namespace Baton.Engine.OcspUpdates;

/// <summary>OWNER: the first worker; others read.</summary>
public sealed class OcspUpdate
{
    /// <summary>Seconds of 1970; 0 for never.</summary>
    public long NextAt { get; internal set; }
    public long LastAt { get; private set; }
    public int Successes { get; private set; }
    public int Failures { get; private set; }

    /// <summary>Failures since the last success.</summary>
    public int FailuresInARow { get; private set; }
    public OcspUpdateStatus Status { get; private set; }

    /// <summary>It is being fetched now.</summary>
    internal bool IsRunning { get; set; }

    internal void Note(OcspUpdateStatus status, long now)
    {
        (Status, LastAt, IsRunning) = (status, now, false);
        if (status == OcspUpdateStatus.Updated)
        {
            Successes++;
            FailuresInARow = 0;
        }
        else
        {
            Failures++;
            FailuresInARow++;
        }
    }

    /// <summary>COMPAT: HAProxy's words.</summary>
    public static string Text(OcspUpdateStatus status) =>
        status switch
        {
            OcspUpdateStatus.Updated => "Update successful",
            OcspUpdateStatus.HttpError => "HTTP error",
            OcspUpdateStatus.NoResponse => "Missing \"ocsp-response\" header",
            OcspUpdateStatus.Refused => "OCSP response check failure",
            OcspUpdateStatus.NotInserted => "Error during insertion",
            _ => "Unknown",
        };

    /// <summary>
    /// When to ask again: before the response is out of date, and neither sooner nor later than the configuration says; after a failure
    /// the sooner the fewer there were.
    /// </summary>
    /// <param name="expiresAt">Of the response that there is; 0 for none.</param>
    public static long Next(long now, long expiresAt, int failuresInARow, int leastSeconds, int mostSeconds)
    {
        const int margin = 60,
            firstRetry = 60;
        long most = Math.Max(leastSeconds, mostSeconds);
        if (failuresInARow > 0)
            return now + Math.Min(most, (long)firstRetry << Math.Min(failuresInARow - 1, 16));
        return now + Math.Clamp(expiresAt - margin - now, leastSeconds, most);
    }
}
