import { Duration, Names, Stack } from 'aws-cdk-lib';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  type ICachePolicy,
  type IResponseHeadersPolicy,
  PriceClass,
  ResponseHeadersPolicy,
  S3OriginAccessControl,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { type Door, guardsOf, snapshotsBehind } from './door.ts';
import { privateBucket } from './private-bucket.ts';

/** The page asks nothing of other origins and runs nothing that did not come from here. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "object-src 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export interface DashboardProps {
  state: Bucket;
  /** The output `EdgePolicies` of another stack, whose policies are used instead of own ones. */
  edgePolicies?: string | undefined;
  /** Who may see the page; everybody by default. */
  door?: Door;
}

interface EdgePolicies {
  briefly: ICachePolicy;
  page: IResponseHeadersPolicy;
  snapshots: IResponseHeadersPolicy;
}

/** The dashboard: its files from a bucket of their own, the snapshots from the state, over one distribution and one origin. */
export class Dashboard extends Construct {
  readonly site: Bucket;
  readonly distribution: Distribution;
  /** The ids of the policies at the edge, for other stacks of the account: it may have twenty of each kind. */
  readonly edgePolicies: string;

  constructor(scope: Construct, id: string, { state, edgePolicies, door = 'open' }: DashboardProps) {
    super(scope, id);
    const policies = edgePolicies === undefined ? this.ownPolicies() : this.sharedPolicies(edgePolicies);
    this.edgePolicies = [
      policies.briefly.cachePolicyId,
      policies.page.responseHeadersPolicyId,
      policies.snapshots.responseHeadersPolicyId,
    ].join(',');
    const originAccessControl = new S3OriginAccessControl(this, 'Access', {
      originAccessControlName: this.nameAtEdge(40),
    });
    // Rebuilt by every deployment, so it goes with the stack.
    this.site = privateBucket(this, 'Site', false, {
      lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(30) }],
    });
    const common = {
      allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      compress: true,
      ...guardsOf(this, door),
    };
    this.distribution = new Distribution(this, 'Distribution', {
      comment: 'TIL challenge: dashboard',
      defaultRootObject: 'index.html',
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_200, // With Seoul and Tokyo, without the dearest.
      defaultBehavior: {
        ...common,
        origin: S3BucketOrigin.withOriginAccessControl(this.referTo('SiteOrigin', this.site), { originAccessControl }),
        cachePolicy: CachePolicy.CACHING_OPTIMIZED, // What each file's own Cache-Control says; see cdk/upload.ts.
        responseHeadersPolicy: policies.page,
      },
      additionalBehaviors: {
        [snapshotsBehind(door)]: {
          ...common,
          origin: S3BucketOrigin.withOriginAccessControl(this.referTo('StateOrigin', state), { originAccessControl }),
          cachePolicy: policies.briefly,
          responseHeadersPolicy: policies.snapshots,
        },
      },
      // CloudFront may not list, so S3 answers 403 for a key that is not there. Never a 200: a missing snapshot is no page.
      errorResponses: [
        { httpStatus: 403, responseHttpStatus: 404, responsePagePath: '/index.html', ttl: Duration.seconds(10) },
      ],
    });
    this.allowDistribution(this.site, '*');
    this.allowDistribution(state, 'snapshots/*');
    acknowledge(this.distribution, {
      'AwsSolutions-CFR1': 'Members may travel.',
      'AwsSolutions-CFR2': 'Static files only, behind a cache; a firewall would cost more than all the rest.',
      'AwsSolutions-CFR3': 'Who reads the dashboard is nobody’s business; CloudFront’s own metrics are enough.',
      'AwsSolutions-CFR4': 'CloudFront’s own certificate fixes the TLS version; browsers of today choose 1.2 or 1.3.',
      'Annotation::@aws-cdk/aws-cloudfront-origins:updateImportedBucketPolicyOac':
        'The buckets’ policies are set here, for less than CDK would allow.',
    });
  }

  private ownPolicies(): EdgePolicies {
    return {
      briefly: this.briefly(),
      page: this.headers('Page'),
      snapshots: this.headers('Snapshots', 'public, max-age=10'),
    };
  }

  /** Those of another stack, which cannot be removed while this one uses them. */
  private sharedPolicies(ids: string): EdgePolicies {
    const [briefly, page, snapshots, ...more] = ids.split(',');
    if (!briefly || !page || !snapshots || more.length > 0)
      throw new Error(`-c edgePolicies: expected the output EdgePolicies of another stack, got ${JSON.stringify(ids)}`);
    return {
      briefly: CachePolicy.fromCachePolicyId(this, 'Briefly', briefly),
      page: ResponseHeadersPolicy.fromResponseHeadersPolicyId(this, 'PageHeaders', page),
      snapshots: ResponseHeadersPolicy.fromResponseHeadersPolicyId(this, 'SnapshotsHeaders', snapshots),
    };
  }

  /** CloudFront is everywhere, so a stack of the same name in another region must name what it has there otherwise. */
  private nameAtEdge(maxLength: number, suffix = ''): string {
    return `${Names.uniqueResourceName(this, { maxLength })}${suffix}-${Stack.of(this).region}`;
  }

  /** Without this detour CDK would let CloudFront read all of the bucket, ledgers too. */
  private referTo(id: string, bucket: Bucket) {
    return Bucket.fromBucketAttributes(this, id, {
      bucketArn: bucket.bucketArn,
      bucketRegionalDomainName: bucket.bucketRegionalDomainName,
    });
  }

  private allowDistribution(bucket: Bucket, objects: string) {
    const { partition, account } = Stack.of(this);
    bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'Dashboard',
        principals: [new ServicePrincipal('cloudfront.amazonaws.com')],
        actions: ['s3:GetObject'],
        resources: [bucket.arnForObjects(objects)],
        conditions: {
          StringEquals: {
            'AWS:SourceArn': `arn:${partition}:cloudfront::${account}:distribution/${this.distribution.distributionId}`,
          },
        },
      }),
    );
  }

  /** Snapshots carry an ETag and change at any time: ten seconds at the edge, then a question that is mostly answered 304. An
   * invalidation per event would cost $5,000 per million events. */
  private briefly() {
    return new CachePolicy(this, 'Briefly', {
      comment: 'TIL challenge: snapshots',
      minTtl: Duration.seconds(0),
      defaultTtl: Duration.seconds(10),
      maxTtl: Duration.seconds(60),
      enableAcceptEncodingGzip: true,
      enableAcceptEncodingBrotli: true,
    });
  }

  private headers(id: string, cacheControl?: string) {
    const custom = {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'X-Robots-Tag': 'noindex', // People's names and habits do not belong in search engines.
      ...(cacheControl && { 'Cache-Control': cacheControl }),
    };
    return new ResponseHeadersPolicy(this, `${id}Headers`, {
      responseHeadersPolicyName: this.nameAtEdge(80, id),
      comment: `TIL challenge: ${id.toLowerCase()}`,
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy: CONTENT_SECURITY_POLICY, override: true },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
        strictTransportSecurity: { accessControlMaxAge: Duration.days(365), includeSubdomains: true, override: true },
      },
      customHeadersBehavior: {
        customHeaders: Object.entries(custom).map(([header, value]) => ({ header, value, override: true })),
      },
    });
  }
}
