-- Recorded by the code of commit 6d49f3a0f75ca481a0421af55cb3d116f8c53ae7.
BEGIN TRANSACTION;
CREATE TABLE admissions (
	task_id VARCHAR(64) NOT NULL, 
	user VARCHAR(64) NOT NULL, 
	channel VARCHAR(64) NOT NULL, 
	at FLOAT NOT NULL, 
	PRIMARY KEY (task_id)
);
CREATE TABLE application_versions (
    version_id TEXT NOT NULL PRIMARY KEY,
    version_name TEXT NOT NULL UNIQUE,
    version_timestamp INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    created_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000)
, "application_name" TEXT DEFAULT NULL);
INSERT INTO "application_versions" VALUES('afaa9fdd-2a6e-42ec-80c7-13a84039dc79','3',1795993489000,1795993489000,'raygen');
CREATE TABLE approvals (
	proposal_id VARCHAR(64) NOT NULL, 
	binding VARCHAR(64) NOT NULL, 
	user VARCHAR(64) NOT NULL, 
	rule VARCHAR(64) NOT NULL, 
	given_at FLOAT NOT NULL, 
	grant_id VARCHAR(64) NOT NULL, 
	used_by VARCHAR(64), 
	used_at FLOAT, 
	PRIMARY KEY (proposal_id, binding)
);
INSERT INTO "approvals" VALUES('p_1','5dfb46865dd0c5bf51d53cdaf5aed9725e43012cd5c75d7ad4a89290e77d67b9','UAPPROVER','default',1.0,'','raygen-1',1.79599349060262179376e+09);
INSERT INTO "approvals" VALUES('p_2','3e5e97ab7424e12cf3871be5d5f005cb9b0b474fb0e84d935b7aa2d6120fc9ef','UAPPROVER','default',1.0,'',NULL,NULL);
INSERT INTO "approvals" VALUES('p_3','6b042c2c2ca710ad5e859bcdb5f5a257222c069f72b08d44b2d2f0b34ae1d574','UAPPROVER','default',1.0,'',NULL,NULL);
CREATE TABLE artifacts (
	owner_id VARCHAR(64) NOT NULL, 
	name VARCHAR(255) NOT NULL, 
	media_type VARCHAR(128) NOT NULL, 
	content BLOB NOT NULL, 
	size INTEGER, 
	stored_as VARCHAR(255), 
	PRIMARY KEY (owner_id, name)
);
CREATE TABLE audit (
	position INTEGER NOT NULL, 
	body TEXT NOT NULL, 
	previous VARCHAR(64) NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	PRIMARY KEY (position), 
	UNIQUE (previous)
);
INSERT INTO "audit" VALUES(1,'{"action":"asked","at":1795993489.407164,"by":"UENGINEER","channel":"CRAY","facts":{"kind":"prompt","prompt_sha256":"ba827020f0a50afae73411f7cafbcd284b26a031523542ead1309d28e7ef4348"},"position":1,"session":"s_t_worked","task":"t_worked"}','0000000000000000000000000000000000000000000000000000000000000000','aace46c9f5b787e16620e787adc0848eab9bba4348f0f58252041fddc4196aca');
INSERT INTO "audit" VALUES(2,'{"action":"asked","at":1795993489.481621,"by":"UENGINEER","channel":"CRAY","facts":{"kind":"prompt","prompt_sha256":"ba827020f0a50afae73411f7cafbcd284b26a031523542ead1309d28e7ef4348"},"position":2,"session":"s_t_answered","task":"t_answered"}','aace46c9f5b787e16620e787adc0848eab9bba4348f0f58252041fddc4196aca','3f818983168745f86dfc923c7c04502982180cf282c28845d57adf97319d0207');
INSERT INTO "audit" VALUES(3,'{"action":"asked","at":1795993489.525063,"by":"UENGINEER","channel":"CRAY","facts":{"kind":"prompt","prompt_sha256":"ba827020f0a50afae73411f7cafbcd284b26a031523542ead1309d28e7ef4348"},"position":3,"session":"s_t_asked","task":"t_asked"}','3f818983168745f86dfc923c7c04502982180cf282c28845d57adf97319d0207','1d7363737b2e7ad34ca1c5d0c80a5e5c7afbbb85ea07bd71e78125b7de5014e9');
INSERT INTO "audit" VALUES(4,'{"action":"asked","at":1795993489.547819,"by":"UENGINEER","channel":"CRAY","facts":{"kind":"prompt","prompt_sha256":"ba827020f0a50afae73411f7cafbcd284b26a031523542ead1309d28e7ef4348"},"position":4,"session":"s_t_refused","task":"t_refused"}','1d7363737b2e7ad34ca1c5d0c80a5e5c7afbbb85ea07bd71e78125b7de5014e9','94e1e271be5ce5ad343a9462270d3514cb89ca81205c52ac8ec7fac8a2346cf1');
INSERT INTO "audit" VALUES(5,'{"action":"asked","at":1795993489.566226,"by":"UENGINEER","channel":"CRAY","facts":{"kind":"prompt","prompt_sha256":"ba827020f0a50afae73411f7cafbcd284b26a031523542ead1309d28e7ef4348"},"position":5,"session":"s_1","task":"t_1"}','94e1e271be5ce5ad343a9462270d3514cb89ca81205c52ac8ec7fac8a2346cf1','7a1defd3f75098e5c75bfc8f8369c9c6a1f8be21e08b18d8f097ce9d75c9d33e');
INSERT INTO "audit" VALUES(6,'{"action":"shown","at":1795993489.572511,"channel":"CRAY","facts":{"requester":"UENGINEER"},"position":6,"proposal":"p_1","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_1"}','7a1defd3f75098e5c75bfc8f8369c9c6a1f8be21e08b18d8f097ce9d75c9d33e','b29d9ad4897a7c5527988f6c5558d3ebb586a39862849e687b117aef30f427cd');
INSERT INTO "audit" VALUES(7,'{"action":"approved","at":1795993489.576449,"by":"UAPPROVER","channel":"CRAY","facts":{"binding":"5dfb46865dd0c5bf51d53cdaf5aed9725e43012cd5c75d7ad4a89290e77d67b9","of":"1/1","requester":"UENGINEER","rule":"default"},"position":7,"proposal":"p_1","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_1"}','b29d9ad4897a7c5527988f6c5558d3ebb586a39862849e687b117aef30f427cd','975b22a27bdb4c8459437df4ebfec55282ea3e2358250e0666710bc2747945e7');
INSERT INTO "audit" VALUES(8,'{"action":"asked","at":1795993489.580241,"by":"UENGINEER","channel":"CRAY","facts":{"kind":"prompt","prompt_sha256":"ba827020f0a50afae73411f7cafbcd284b26a031523542ead1309d28e7ef4348"},"position":8,"session":"s_1","task":"t_2"}','975b22a27bdb4c8459437df4ebfec55282ea3e2358250e0666710bc2747945e7','10d4dfafd797ee9fc76206521b445626bc667003269844440bf43e31c09f8ab4');
INSERT INTO "audit" VALUES(9,'{"action":"shown","at":1795993489.588014,"channel":"CRAY","facts":{"requester":"UENGINEER"},"position":9,"proposal":"p_2","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_2"}','10d4dfafd797ee9fc76206521b445626bc667003269844440bf43e31c09f8ab4','97bb8ba5ef7a6c10e4f451f0ff5c556c124da2f11f40b94d7b9226f7460c9125');
INSERT INTO "audit" VALUES(10,'{"action":"approved","at":1795993489.591798,"by":"UAPPROVER","channel":"CRAY","facts":{"binding":"3e5e97ab7424e12cf3871be5d5f005cb9b0b474fb0e84d935b7aa2d6120fc9ef","of":"1/1","requester":"UENGINEER","rule":"default"},"position":10,"proposal":"p_2","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_2"}','97bb8ba5ef7a6c10e4f451f0ff5c556c124da2f11f40b94d7b9226f7460c9125','c6e5b5fa0bcd1bf3bef1830d81a5f4db69e2f3169c753fccfbd0640b4b4054e4');
INSERT INTO "audit" VALUES(11,'{"action":"asked","at":1795993489.595839,"by":"UENGINEER","channel":"CRAY","facts":{"kind":"prompt","prompt_sha256":"ba827020f0a50afae73411f7cafbcd284b26a031523542ead1309d28e7ef4348"},"position":11,"session":"s_1","task":"t_3"}','c6e5b5fa0bcd1bf3bef1830d81a5f4db69e2f3169c753fccfbd0640b4b4054e4','bb34c834527694801818fe35ad46c9cca0868c126f48585a76d5cf5a13a6189e');
INSERT INTO "audit" VALUES(12,'{"action":"shown","at":1795993489.602897,"channel":"CRAY","facts":{"requester":"UENGINEER"},"position":12,"proposal":"p_3","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_3"}','bb34c834527694801818fe35ad46c9cca0868c126f48585a76d5cf5a13a6189e','dfa2ea02802719cb8b51aca2bdc3b6d45721a299bdbbfcf4406517287b62e214');
INSERT INTO "audit" VALUES(13,'{"action":"approved","at":1795993489.606362,"by":"UAPPROVER","channel":"CRAY","facts":{"binding":"6b042c2c2ca710ad5e859bcdb5f5a257222c069f72b08d44b2d2f0b34ae1d574","of":"1/1","requester":"UENGINEER","rule":"default"},"position":13,"proposal":"p_3","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_3"}','dfa2ea02802719cb8b51aca2bdc3b6d45721a299bdbbfcf4406517287b62e214','6b89c652be71c19946d7ca22318163462d4721f4ca3459382aa535ee5c60544e');
INSERT INTO "audit" VALUES(14,'{"action":"begun","at":1795993489.614784,"by":"UAPPROVER","channel":"CRAY","facts":{"requester":"UENGINEER"},"position":14,"proposal":"p_1","run":"raygen-1","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_1"}','6b89c652be71c19946d7ca22318163462d4721f4ca3459382aa535ee5c60544e','f4d042b7d6c8438625bd8843ec9796d71223b247fa3e8828569abe0805f6fc3b');
INSERT INTO "audit" VALUES(15,'{"action":"submitted","at":1795993490.607452,"channel":"CRAY","facts":{"requester":"UENGINEER"},"position":15,"proposal":"p_1","run":"raygen-1","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_1"}','f4d042b7d6c8438625bd8843ec9796d71223b247fa3e8828569abe0805f6fc3b','f89dabb259a93555c8414ae3bf4938d5e478514a1fbc02092dd4d754ac177e35');
INSERT INTO "audit" VALUES(16,'{"action":"begun","at":1795993490.632568,"by":"UAPPROVER","channel":"CRAY","facts":{"requester":"UENGINEER"},"position":16,"proposal":"p_2","run":"raygen-2","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_2"}','f89dabb259a93555c8414ae3bf4938d5e478514a1fbc02092dd4d754ac177e35','f056c319a6a78e04387b3fa78ba4e81ad9ce0bb8eefac2777776180cc1d63bb8');
INSERT INTO "audit" VALUES(17,'{"action":"begun","at":1795993490.63724,"by":"UAPPROVER","channel":"CRAY","facts":{"requester":"UENGINEER"},"position":17,"proposal":"p_3","run":"raygen-3","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_3"}','f056c319a6a78e04387b3fa78ba4e81ad9ce0bb8eefac2777776180cc1d63bb8','08f8bf324a257878a1e2364ab10e776f97272ad5bdb0ad7bbed78f193d8f41a0');
INSERT INTO "audit" VALUES(18,'{"action":"asked","at":1795993490.690799,"by":"UENGINEER","channel":"CRAY","facts":{"kind":"prompt","prompt_sha256":"ba827020f0a50afae73411f7cafbcd284b26a031523542ead1309d28e7ef4348"},"position":18,"session":"s_1","task":"t_old"}','08f8bf324a257878a1e2364ab10e776f97272ad5bdb0ad7bbed78f193d8f41a0','7b924c75108f23ab96bc5594d8180d8c531c467714ac140f18902aa634cf2ac4');
INSERT INTO "audit" VALUES(19,'{"action":"shown","at":1795993490.707142,"channel":"CRAY","facts":{"requester":"UENGINEER"},"position":19,"proposal":"p_old","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_old"}','7b924c75108f23ab96bc5594d8180d8c531c467714ac140f18902aa634cf2ac4','93536bc4691d132595f1a0da93edef57ed0e71dcef18a17ce14bb1b322c68106');
INSERT INTO "audit" VALUES(20,'{"action":"expired","at":1795993490.723622,"channel":"CRAY","facts":{"requester":"UENGINEER"},"position":20,"proposal":"p_old","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_old"}','93536bc4691d132595f1a0da93edef57ed0e71dcef18a17ce14bb1b322c68106','7807718d01668faa9ba0425896fc537be20460a304ab9be68047bc5e1a9ac52a');
CREATE TABLE audit_head (
	id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	announced INTEGER, 
	PRIMARY KEY (id)
);
INSERT INTO "audit_head" VALUES(1,20,'7807718d01668faa9ba0425896fc537be20460a304ab9be68047bc5e1a9ac52a',NULL);
CREATE TABLE dbos_migrations (version INTEGER NOT NULL PRIMARY KEY);
INSERT INTO "dbos_migrations" VALUES(125);
CREATE TABLE in_hand (
	subject VARCHAR(255) NOT NULL, 
	life VARCHAR(32) NOT NULL, 
	deaths INTEGER NOT NULL, 
	PRIMARY KEY (subject)
);
CREATE TABLE inputs (
	session_id VARCHAR(64) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	name VARCHAR(255) NOT NULL, 
	content BLOB NOT NULL, 
	created_at FLOAT NOT NULL, 
	PRIMARY KEY (session_id, sha256, name)
);
CREATE TABLE installations (
	team VARCHAR(64) NOT NULL, 
	installed_at FLOAT NOT NULL, 
	body TEXT NOT NULL, 
	PRIMARY KEY (team)
);
CREATE TABLE memberships (
	team VARCHAR(64) NOT NULL, 
	organization VARCHAR(64) NOT NULL, 
	PRIMARY KEY (team)
);
CREATE TABLE notifications (
    message_uuid TEXT NOT NULL DEFAULT (hex(randomblob(16))) PRIMARY KEY,
    destination_uuid TEXT NOT NULL,
    topic TEXT,
    message TEXT NOT NULL,
    created_at_epoch_ms INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000), "serialization" TEXT DEFAULT NULL, "consumed" BOOLEAN NOT NULL DEFAULT FALSE, consumed_by_function_id INTEGER,
    FOREIGN KEY (destination_uuid) REFERENCES workflow_status(workflow_uuid) 
        ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE TABLE oauth_states (
	state VARCHAR(64) NOT NULL, 
	expires_at FLOAT NOT NULL, 
	PRIMARY KEY (state)
);
CREATE TABLE "operation_outputs" (
    workflow_uuid TEXT NOT NULL,
    function_id INTEGER NOT NULL,
    function_name TEXT NOT NULL DEFAULT '',
    output TEXT,
    error TEXT,
    child_workflow_id TEXT,
    started_at_epoch_ms INTEGER,
    completed_at_epoch_ms INTEGER,
    serialization TEXT,
    application_name TEXT DEFAULT NULL,
    retention_timestamp INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    PRIMARY KEY (workflow_uuid, function_id)
);
INSERT INTO "operation_outputs" VALUES('t_worked',1,'open','true',NULL,NULL,1795993489392,1795993489417,'portable_json','raygen',1795993489000);
INSERT INTO "operation_outputs" VALUES('t_worked',2,'wait_for_turn','null',NULL,NULL,1795993489419,1795993489423,'portable_json','raygen',1795993489000);
INSERT INTO "operation_outputs" VALUES('t_worked',3,'work','{"status":"proposed","proposal_id":"p_df35c6f83fa676bc"}',NULL,NULL,1795993489424,1795993489452,'portable_json','raygen',1795993489000);
INSERT INTO "operation_outputs" VALUES('t_answered',1,'open','true',NULL,NULL,1795993489476,1795993489487,'portable_json','raygen',1795993489000);
INSERT INTO "operation_outputs" VALUES('t_answered',2,'wait_for_turn','null',NULL,NULL,1795993489488,1795993489491,'portable_json','raygen',1795993489000);
INSERT INTO "operation_outputs" VALUES('t_answered',3,'work','{"status":"answered","proposal_id":null}',NULL,NULL,1795993489492,1795993489503,'portable_json','raygen',1795993489000);
INSERT INTO "operation_outputs" VALUES('t_asked',1,'open','true',NULL,NULL,1795993489519,1795993489530,'portable_json','raygen',1795993489000);
INSERT INTO "operation_outputs" VALUES('t_asked',2,'wait_for_turn','null',NULL,NULL,1795993489531,1795993489534,'portable_json','raygen',1795993489000);
INSERT INTO "operation_outputs" VALUES('t_refused',1,'open','true',NULL,NULL,1795993489542,1795993489552,'portable_json','raygen',1795993489000);
INSERT INTO "operation_outputs" VALUES('t_refused',2,'wait_for_turn',NULL,'{"name":"BadRequest","message":"That can''t be done in this recording.","code":"raygen"}',NULL,1795993489553,1795993489555,'portable_json','raygen',1795993489000);
INSERT INTO "operation_outputs" VALUES('run:p_1',1,'open','null',NULL,NULL,1795993489609,1795993489618,'portable_json','raygen',1795993489000);
INSERT INTO "operation_outputs" VALUES('run:p_1',2,'places','[["raygen-runs-per-user","UENGINEER"],["raygen-runs-per-target","embedded"]]',NULL,NULL,1795993489619,1795993489622,'portable_json','raygen',1795993489000);
INSERT INTO "operation_outputs" VALUES('run:p_1',3,'turn',NULL,NULL,'run:p_1:raygen-runs-per-user',1795993489623,1795993489625,NULL,'raygen',1795993489000);
INSERT INTO "operation_outputs" VALUES('run:p_1:raygen-runs-per-user',1,'turn',NULL,NULL,'run:p_1:raygen-runs-per-target',1795993490493,1795993490494,NULL,'raygen',1795993490000);
INSERT INTO "operation_outputs" VALUES('run:p_1:raygen-runs-per-target',1,'begin','true',NULL,NULL,1795993490591,1795993490594,'portable_json','raygen',1795993490000);
INSERT INTO "operation_outputs" VALUES('run:p_1:raygen-runs-per-target',2,'submit','null',NULL,NULL,1795993490596,1795993490608,'portable_json','raygen',1795993490000);
INSERT INTO "operation_outputs" VALUES('run:p_2',1,'open','null',NULL,NULL,1795993490624,1795993490637,'portable_json','raygen',1795993490000);
INSERT INTO "operation_outputs" VALUES('run:p_1',4,'wait','true',NULL,NULL,1795993489626,1795993490647,'portable_json','raygen',1795993490000);
INSERT INTO "operation_outputs" VALUES('run:p_3',1,'open','null',NULL,NULL,1795993490625,1795993490649,'portable_json','raygen',1795993490000);
INSERT INTO "operation_outputs" VALUES('run:p_2',2,'places','[["raygen-runs-per-user","UENGINEER"],["raygen-runs-per-target","embedded"]]',NULL,NULL,1795993490641,1795993490654,'portable_json','raygen',1795993490000);
INSERT INTO "operation_outputs" VALUES('run:p_2',3,'turn',NULL,NULL,'run:p_2:raygen-runs-per-user',1795993490658,1795993490660,NULL,'raygen',1795993490000);
INSERT INTO "operation_outputs" VALUES('run:p_3',2,'places','[["raygen-runs-per-user","UENGINEER"],["raygen-runs-per-target","embedded"]]',NULL,NULL,1795993490653,1795993490663,'portable_json','raygen',1795993490000);
INSERT INTO "operation_outputs" VALUES('run:p_3',3,'turn',NULL,NULL,'run:p_3:raygen-runs-per-user',1795993490665,1795993490667,NULL,'raygen',1795993490000);
INSERT INTO "operation_outputs" VALUES('expire:p_old',1,'expire','null',NULL,NULL,1795993490717,1795993490726,'portable_json','raygen',1795993490000);
CREATE TABLE posts (
	"key" VARCHAR(128) NOT NULL, 
	channel VARCHAR(64) NOT NULL, 
	thread_ts VARCHAR(32) NOT NULL, 
	ts VARCHAR(32), 
	created_at FLOAT NOT NULL, 
	last TEXT, 
	PRIMARY KEY ("key")
);
CREATE TABLE preferences (
	user VARCHAR(64) NOT NULL, 
	target VARCHAR(64) NOT NULL, 
	direct INTEGER NOT NULL, 
	model VARCHAR(255), 
	team VARCHAR(64), 
	chosen_at FLOAT, 
	PRIMARY KEY (user)
);
CREATE TABLE proposals (
	id VARCHAR(64) NOT NULL, 
	task_id VARCHAR(64) NOT NULL, 
	session_id VARCHAR(64) NOT NULL, 
	program TEXT NOT NULL, 
	policy TEXT NOT NULL, 
	validation TEXT NOT NULL, 
	attempts INTEGER NOT NULL, 
	target VARCHAR(64) NOT NULL, 
	requester VARCHAR(64) NOT NULL, 
	model VARCHAR(64) NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	decided_by VARCHAR(64), 
	decided_at FLOAT, 
	created_at FLOAT NOT NULL, 
	spent TEXT, 
	inputs TEXT, 
	failed TEXT, 
	prompt VARCHAR(64), 
	approved_by TEXT, 
	needed INTEGER, 
	reason TEXT, 
	reminded_at FLOAT, 
	asked_by VARCHAR(64), 
	grant_id VARCHAR(64), 
	voided TEXT, 
	header TEXT, 
	lock TEXT, 
	given TEXT, 
	PRIMARY KEY (id)
);
INSERT INTO "proposals" VALUES('p_df35c6f83fa676bc','t_worked','s_t_worked','{"title":"Add","purpose":"Adds.","code":"print(3)\n","engine":"ray"}','{"findings":[],"imports":[],"files":[],"hosts":[],"processes":[],"environment":[],"resources":{}}','{"verdict":"passed","stdout":"Result: 3\n","stderr":"","value":null,"failure":null,"detail":null,"exit_code":0,"wall":0.42,"cpu":null,"peak_memory":null,"tasks":[{"name":"add","state":"FINISHED","count":1}],"resources":{},"touched":{"files":[],"hosts":[],"processes":[],"environment":[],"refused":[],"packages":[],"more":{}},"truncated":false,"gone":{"lines":0,"size":0},"where":"","table":null,"remarks":[],"unknown":[],"unproven":[]}',1,'embedded','UENGINEER','scripted','draft',NULL,NULL,1.79599348944365310668e+09,'{"calls":3,"input":0,"output":0,"cached":0,"written":0,"money":null,"seconds":0.015087298001162708,"models":["scripted"],"attempts":1}','[]','[]','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'{"packages":[],"requires_python":"","resources":{},"wall":null,"parameters":[],"problem":""}','{"requirements":"","packages":[],"python":""}','{"values":{},"arguments":[]}');
INSERT INTO "proposals" VALUES('p_1','t_1','s_1','{"title":"Add two numbers","purpose":"Adds 1 and 2 in a Ray task.","code":"print(''Result: 3'')\n","engine":"ray"}','{"findings":[],"imports":[],"files":[],"hosts":[],"processes":[],"environment":[],"resources":{}}','{"verdict":"passed","stdout":"Result: 3\n","stderr":"","value":null,"failure":null,"detail":null,"exit_code":0,"wall":0.42,"cpu":null,"peak_memory":null,"tasks":[{"name":"add","state":"FINISHED","count":1}],"resources":{},"touched":{"files":[],"hosts":[],"processes":[],"environment":[],"refused":[],"packages":[],"more":{}},"truncated":false,"gone":{"lines":0,"size":0},"where":"","table":null,"remarks":[],"unknown":[],"unproven":[]}',1,'embedded','UENGINEER','scripted','approved','UAPPROVER',1.0,1.0,'{"calls":0,"input":0,"output":0,"cached":0,"written":0,"money":null,"seconds":0.0,"models":[],"attempts":0}','[]','[]','','UAPPROVER',1,NULL,NULL,NULL,'',NULL,'{"packages":[],"requires_python":"","resources":{},"wall":null,"parameters":[],"problem":""}','{"requirements":"","packages":[],"python":""}','{"values":{},"arguments":[]}');
INSERT INTO "proposals" VALUES('p_2','t_2','s_1','{"title":"Add two numbers","purpose":"Adds 1 and 2 in a Ray task.","code":"print(''Result: 3'')\n","engine":"ray"}','{"findings":[],"imports":[],"files":[],"hosts":[],"processes":[],"environment":[],"resources":{}}','{"verdict":"passed","stdout":"Result: 3\n","stderr":"","value":null,"failure":null,"detail":null,"exit_code":0,"wall":0.42,"cpu":null,"peak_memory":null,"tasks":[{"name":"add","state":"FINISHED","count":1}],"resources":{},"touched":{"files":[],"hosts":[],"processes":[],"environment":[],"refused":[],"packages":[],"more":{}},"truncated":false,"gone":{"lines":0,"size":0},"where":"","table":null,"remarks":[],"unknown":[],"unproven":[]}',1,'embedded','UENGINEER','scripted','approved','UAPPROVER',1.0,1.0,'{"calls":0,"input":0,"output":0,"cached":0,"written":0,"money":null,"seconds":0.0,"models":[],"attempts":0}','[]','[]','','UAPPROVER',1,NULL,NULL,NULL,'',NULL,'{"packages":[],"requires_python":"","resources":{},"wall":null,"parameters":[],"problem":""}','{"requirements":"","packages":[],"python":""}','{"values":{},"arguments":[]}');
INSERT INTO "proposals" VALUES('p_3','t_3','s_1','{"title":"Add two numbers","purpose":"Adds 1 and 2 in a Ray task.","code":"print(''Result: 3'')\n","engine":"ray"}','{"findings":[],"imports":[],"files":[],"hosts":[],"processes":[],"environment":[],"resources":{}}','{"verdict":"passed","stdout":"Result: 3\n","stderr":"","value":null,"failure":null,"detail":null,"exit_code":0,"wall":0.42,"cpu":null,"peak_memory":null,"tasks":[{"name":"add","state":"FINISHED","count":1}],"resources":{},"touched":{"files":[],"hosts":[],"processes":[],"environment":[],"refused":[],"packages":[],"more":{}},"truncated":false,"gone":{"lines":0,"size":0},"where":"","table":null,"remarks":[],"unknown":[],"unproven":[]}',1,'embedded','UENGINEER','scripted','approved','UAPPROVER',1.0,1.0,'{"calls":0,"input":0,"output":0,"cached":0,"written":0,"money":null,"seconds":0.0,"models":[],"attempts":0}','[]','[]','','UAPPROVER',1,NULL,NULL,NULL,'',NULL,'{"packages":[],"requires_python":"","resources":{},"wall":null,"parameters":[],"problem":""}','{"requirements":"","packages":[],"python":""}','{"values":{},"arguments":[]}');
INSERT INTO "proposals" VALUES('p_old','t_old','s_1','{"title":"Add two numbers","purpose":"Adds 1 and 2 in a Ray task.","code":"print(''Result: 3'')\n","engine":"ray"}','{"findings":[],"imports":[],"files":[],"hosts":[],"processes":[],"environment":[],"resources":{}}','{"verdict":"passed","stdout":"Result: 3\n","stderr":"","value":null,"failure":null,"detail":null,"exit_code":0,"wall":0.42,"cpu":null,"peak_memory":null,"tasks":[{"name":"add","state":"FINISHED","count":1}],"resources":{},"touched":{"files":[],"hosts":[],"processes":[],"environment":[],"refused":[],"packages":[],"more":{}},"truncated":false,"gone":{"lines":0,"size":0},"where":"","table":null,"remarks":[],"unknown":[],"unproven":[]}',1,'embedded','UENGINEER','scripted','expired',NULL,NULL,1.79599149068749547007e+09,'{"calls":0,"input":0,"output":0,"cached":0,"written":0,"money":null,"seconds":0.0,"models":[],"attempts":0}','[]','[]','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'{"packages":[],"requires_python":"","resources":{},"wall":null,"parameters":[],"problem":""}','{"requirements":"","packages":[],"python":""}','{"values":{},"arguments":[]}');
CREATE TABLE queues (
    queue_id TEXT PRIMARY KEY DEFAULT (hex(randomblob(16))),
    name TEXT NOT NULL UNIQUE,
    concurrency INTEGER,
    worker_concurrency INTEGER,
    rate_limit_max INTEGER,
    rate_limit_period_sec REAL,
    priority_enabled BOOLEAN NOT NULL DEFAULT FALSE,
    partition_queue BOOLEAN NOT NULL DEFAULT FALSE,
    polling_interval_sec REAL NOT NULL DEFAULT 1.0,
    created_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    updated_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000)
, "application_name" TEXT DEFAULT NULL, "partition_concurrency" INTEGER DEFAULT NULL, "partition_worker_concurrency" INTEGER DEFAULT NULL, "partition_rate_limit_max" INTEGER DEFAULT NULL, "partition_rate_limit_period_sec" REAL DEFAULT NULL);
INSERT INTO "queues" VALUES('6424221BBD19C568F6B32011A46D2C98','raygen-runs-per-target',NULL,NULL,NULL,NULL,1,1,0.1,1795993489000,1795993489380,'raygen',1,NULL,NULL,NULL);
INSERT INTO "queues" VALUES('D0F9EAD6332F80B2E731330EEEE86E73','raygen-runs-per-user',NULL,NULL,NULL,NULL,1,1,0.1,1795993489000,1795993489383,'raygen',1,NULL,NULL,NULL);
INSERT INTO "queues" VALUES('037AE99DD25D10DA7B428524E1DE4789','raygen-from-outside',NULL,NULL,NULL,NULL,1,0,1.0,1795993491000,1795993491395,'raygen',NULL,NULL,NULL,NULL);
CREATE TABLE replicas (
	name VARCHAR(255) NOT NULL, 
	beat FLOAT NOT NULL, 
	PRIMARY KEY (name)
);
CREATE TABLE requests (
	task_id VARCHAR(64) NOT NULL, 
	team VARCHAR(64) NOT NULL, 
	body TEXT NOT NULL, 
	created_at FLOAT NOT NULL, 
	PRIMARY KEY (task_id)
);
INSERT INTO "requests" VALUES('t_outside','T1','{"task":{"id":"t_outside","session_id":"s_outside","kind":"prompt","prompt":"add 1 and 2","user":"UENGINEER","code":null,"base":null,"status":"queued","summary":"","created_at":1.0,"attachments":[],"target":"","unseen":false,"retry_of":"","given":{"values":{},"arguments":[]}},"session":{"id":"s_outside","channel":"CRAY","thread_ts":"","owner":"UENGINEER","team":"T1"}}',1.0);
CREATE TABLE runs (
	id VARCHAR(64) NOT NULL, 
	proposal_id VARCHAR(64) NOT NULL, 
	session_id VARCHAR(64) NOT NULL, 
	target VARCHAR(64) NOT NULL, 
	approver VARCHAR(64) NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	stopped_by VARCHAR(64), 
	outcome TEXT, 
	created_at FLOAT NOT NULL, 
	turn_at FLOAT, 
	ended_at FLOAT, 
	PRIMARY KEY (id), 
	UNIQUE (proposal_id)
);
INSERT INTO "runs" VALUES('raygen-1','p_1','s_1','embedded','UAPPROVER','running',NULL,NULL,1.79599348961298966404e+09,1.79599349059338450436e+09,NULL);
INSERT INTO "runs" VALUES('raygen-2','p_2','s_1','embedded','UAPPROVER','starting',NULL,NULL,1.79599349063091349599e+09,NULL,NULL);
INSERT INTO "runs" VALUES('raygen-3','p_3','s_1','embedded','UAPPROVER','starting',NULL,NULL,1.79599349063509964945e+09,NULL,NULL);
CREATE TABLE sessions (
	id VARCHAR(64) NOT NULL, 
	channel VARCHAR(64) NOT NULL, 
	thread_ts VARCHAR(32) NOT NULL, 
	owner VARCHAR(64) NOT NULL, 
	team VARCHAR(64) NOT NULL, 
	overheard VARCHAR(128), 
	PRIMARY KEY (id)
);
INSERT INTO "sessions" VALUES('s_t_worked','CRAY','t_worked','UENGINEER','T1',NULL);
INSERT INTO "sessions" VALUES('s_t_answered','CRAY','t_answered','UENGINEER','T1',NULL);
INSERT INTO "sessions" VALUES('s_t_asked','CRAY','t_asked','UENGINEER','T1',NULL);
INSERT INTO "sessions" VALUES('s_t_refused','CRAY','t_refused','UENGINEER','T1',NULL);
INSERT INTO "sessions" VALUES('s_1','CRAY','100.1','UENGINEER','T1',NULL);
CREATE TABLE spendings (
	task_id VARCHAR(64) NOT NULL, 
	user VARCHAR(64) NOT NULL, 
	channel VARCHAR(64) NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	model VARCHAR(255) NOT NULL, 
	calls INTEGER NOT NULL, 
	input INTEGER NOT NULL, 
	output INTEGER NOT NULL, 
	cached INTEGER NOT NULL, 
	written INTEGER NOT NULL, 
	money FLOAT, 
	attempts INTEGER NOT NULL, 
	seconds FLOAT NOT NULL, 
	ended_at FLOAT NOT NULL, 
	PRIMARY KEY (task_id)
);
INSERT INTO "spendings" VALUES('t_worked','UENGINEER','CRAY','proposed','scripted',3,0,0,0,0,NULL,1,2.09257969981990754604e-02,1.79599348944951105111e+09);
INSERT INTO "spendings" VALUES('t_answered','UENGINEER','CRAY','answered','scripted',1,0,0,0,0,NULL,0,4.68438100506318733096e-03,1.79599348950067448614e+09);
CREATE TABLE streams (
    workflow_uuid TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    "offset" INTEGER NOT NULL, function_id INTEGER NOT NULL DEFAULT 0, "serialization" TEXT DEFAULT NULL,
    PRIMARY KEY (workflow_uuid, key, "offset"),
    FOREIGN KEY (workflow_uuid) REFERENCES workflow_status(workflow_uuid) 
        ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE TABLE tasks (
	position INTEGER NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	session_id VARCHAR(64) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	prompt TEXT NOT NULL, 
	user VARCHAR(64) NOT NULL, 
	code TEXT, 
	base VARCHAR(64), 
	status VARCHAR(16) NOT NULL, 
	summary TEXT NOT NULL, 
	created_at FLOAT NOT NULL, 
	attachments TEXT, 
	target VARCHAR(64), 
	unseen INTEGER, 
	retry_of VARCHAR(64), 
	given TEXT, 
	PRIMARY KEY (position), 
	UNIQUE (id)
);
INSERT INTO "tasks" VALUES(1,'t_worked','s_t_worked','prompt','add 1 and 2','UENGINEER',NULL,NULL,'working','Here it is.',1.0,'[]','',0,'','{"values":{},"arguments":[]}');
INSERT INTO "tasks" VALUES(2,'t_answered','s_t_answered','prompt','add 1 and 2','UENGINEER',NULL,NULL,'working','Three.',1.0,'[]','',0,'','{"values":{},"arguments":[]}');
INSERT INTO "tasks" VALUES(3,'t_asked','s_t_asked','prompt','add 1 and 2','UENGINEER',NULL,NULL,'queued','',1.0,'[]','',0,'','{"values":{},"arguments":[]}');
INSERT INTO "tasks" VALUES(4,'t_refused','s_t_refused','prompt','add 1 and 2','UENGINEER',NULL,NULL,'queued','',1.0,'[]','',0,'','{"values":{},"arguments":[]}');
INSERT INTO "tasks" VALUES(5,'t_1','s_1','prompt','add 1 and 2','UENGINEER',NULL,NULL,'proposed','Here it is.',1.0,'[]','',0,'','{"values":{},"arguments":[]}');
INSERT INTO "tasks" VALUES(6,'t_2','s_1','prompt','add 1 and 2','UENGINEER',NULL,NULL,'proposed','Here it is.',1.0,'[]','',0,'','{"values":{},"arguments":[]}');
INSERT INTO "tasks" VALUES(7,'t_3','s_1','prompt','add 1 and 2','UENGINEER',NULL,NULL,'proposed','Here it is.',1.0,'[]','',0,'','{"values":{},"arguments":[]}');
INSERT INTO "tasks" VALUES(8,'t_old','s_1','prompt','add 1 and 2','UENGINEER',NULL,NULL,'proposed','Here it is.',1.0,'[]','',0,'','{"values":{},"arguments":[]}');
CREATE TABLE thread_approvals (
	id VARCHAR(64) NOT NULL, 
	session_id VARCHAR(64) NOT NULL, 
	proposal_id VARCHAR(64) NOT NULL, 
	target VARCHAR(64) NOT NULL, 
	user VARCHAR(64) NOT NULL, 
	requester VARCHAR(64) NOT NULL, 
	fingerprint VARCHAR(80) NOT NULL, 
	exact TEXT NOT NULL, 
	created_at FLOAT NOT NULL, 
	expires_at FLOAT NOT NULL, 
	ended_by VARCHAR(64), 
	ended_at FLOAT, 
	PRIMARY KEY (id)
);
CREATE TABLE turnstile (
	id INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE votes (
	subject VARCHAR(64) NOT NULL, 
	user VARCHAR(64) NOT NULL, 
	task_id VARCHAR(64) NOT NULL, 
	helpful INTEGER NOT NULL, 
	given_at FLOAT NOT NULL, 
	PRIMARY KEY (subject, user)
);
CREATE TABLE workflow_events (
    workflow_uuid TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL, "serialization" TEXT DEFAULT NULL,
    PRIMARY KEY (workflow_uuid, key),
    FOREIGN KEY (workflow_uuid) REFERENCES workflow_status(workflow_uuid) 
        ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE TABLE workflow_events_history (
    workflow_uuid TEXT NOT NULL,
    function_id INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL, "serialization" TEXT DEFAULT NULL,
    PRIMARY KEY (workflow_uuid, function_id, key),
    FOREIGN KEY (workflow_uuid) REFERENCES workflow_status(workflow_uuid)
        ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE TABLE workflow_input (
    workflow_uuid TEXT NOT NULL PRIMARY KEY,
    inputs TEXT,
    retention_timestamp INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000)
);
INSERT INTO "workflow_input" VALUES('t_worked','{"namedArgs":{},"positionalArgs":["t_worked"]}',1795993489000);
INSERT INTO "workflow_input" VALUES('t_answered','{"namedArgs":{},"positionalArgs":["t_answered"]}',1795993489000);
INSERT INTO "workflow_input" VALUES('t_asked','{"namedArgs":{},"positionalArgs":["t_asked"]}',1795993489000);
INSERT INTO "workflow_input" VALUES('t_refused','{"namedArgs":{},"positionalArgs":["t_refused"]}',1795993489000);
INSERT INTO "workflow_input" VALUES('run:p_1','{"namedArgs":{},"positionalArgs":["p_1"]}',1795993489000);
INSERT INTO "workflow_input" VALUES('run:p_1:raygen-runs-per-user','{"namedArgs":{},"positionalArgs":["p_1",[["raygen-runs-per-target","embedded"]]]}',1795993489000);
INSERT INTO "workflow_input" VALUES('run:p_1:raygen-runs-per-target','{"namedArgs":{},"positionalArgs":["p_1",[]]}',1795993490000);
INSERT INTO "workflow_input" VALUES('run:p_2','{"namedArgs":{},"positionalArgs":["p_2"]}',1795993490000);
INSERT INTO "workflow_input" VALUES('run:p_3','{"namedArgs":{},"positionalArgs":["p_3"]}',1795993490000);
INSERT INTO "workflow_input" VALUES('run:p_2:raygen-runs-per-user','{"namedArgs":{},"positionalArgs":["p_2",[["raygen-runs-per-target","embedded"]]]}',1795993490000);
INSERT INTO "workflow_input" VALUES('run:p_3:raygen-runs-per-user','{"namedArgs":{},"positionalArgs":["p_3",[["raygen-runs-per-target","embedded"]]]}',1795993490000);
INSERT INTO "workflow_input" VALUES('expire:p_old','{"namedArgs":{},"positionalArgs":["p_old"]}',1795993490000);
INSERT INTO "workflow_input" VALUES('t_outside','{"namedArgs":{},"positionalArgs":["t_outside"]}',1795993491000);
CREATE TABLE workflow_output (
    workflow_uuid TEXT NOT NULL PRIMARY KEY,
    output TEXT,
    error TEXT,
    retention_timestamp INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000)
);
INSERT INTO "workflow_output" VALUES('run:p_1','null',NULL,1795993490000);
CREATE TABLE workflow_schedules (
    schedule_id TEXT PRIMARY KEY,
    schedule_name TEXT NOT NULL UNIQUE,
    workflow_name TEXT NOT NULL,
    workflow_class_name TEXT,
    schedule TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'ACTIVE',
    context TEXT NOT NULL
, "last_fired_at" TEXT DEFAULT NULL, "automatic_backfill" BOOLEAN NOT NULL DEFAULT FALSE, "cron_timezone" TEXT DEFAULT NULL, "queue_name" TEXT DEFAULT NULL, "application_name" TEXT DEFAULT NULL);
CREATE TABLE workflow_status (
    workflow_uuid TEXT PRIMARY KEY,
    status TEXT,
    name TEXT,
    authenticated_user TEXT,
    assumed_role TEXT,
    authenticated_roles TEXT,
    request TEXT,
    output TEXT,
    error TEXT,
    executor_id TEXT,
    created_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    updated_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    application_version TEXT,
    application_id TEXT,
    class_name TEXT DEFAULT NULL,
    config_name TEXT DEFAULT NULL,
    recovery_attempts INTEGER DEFAULT 0,
    queue_name TEXT,
    workflow_timeout_ms INTEGER,
    workflow_deadline_epoch_ms INTEGER,
    inputs TEXT,
    started_at_epoch_ms INTEGER,
    deduplication_id TEXT,
    priority INTEGER NOT NULL DEFAULT 0
, queue_partition_key TEXT, forked_from TEXT, "owner_xid" TEXT DEFAULT NULL, "parent_workflow_id" TEXT DEFAULT NULL, "serialization" TEXT DEFAULT NULL, "delay_until_epoch_ms" BIGINT DEFAULT NULL, "was_forked_from" BOOLEAN NOT NULL DEFAULT FALSE, "rate_limited" BOOLEAN NOT NULL DEFAULT FALSE, "completed_at" BIGINT, "attributes" TEXT, "schedule_name" TEXT, "debounce_deadline_epoch_ms" BIGINT DEFAULT NULL, "is_debounced" BOOLEAN NOT NULL DEFAULT FALSE, "application_name" TEXT DEFAULT NULL, "creator_xid" TEXT DEFAULT NULL);
INSERT INTO "workflow_status" VALUES('t_worked','PENDING','task',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795993489000,1795993489000,'3','','Workflows','raygen',1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,'c3a08326-c6a4-42c6-9f19-07203ade06ed',NULL,'portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','c3a08326-c6a4-42c6-9f19-07203ade06ed');
INSERT INTO "workflow_status" VALUES('t_answered','PENDING','task',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795993489000,1795993489000,'3','','Workflows','raygen',1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,'eafd3e77-e8e3-4dbe-9d6c-f2890b4dbec6',NULL,'portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','eafd3e77-e8e3-4dbe-9d6c-f2890b4dbec6');
INSERT INTO "workflow_status" VALUES('t_asked','PENDING','task',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795993489000,1795993489000,'3','','Workflows','raygen',1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,'9e0732e2-f873-4361-9f22-a90591a79ea3',NULL,'portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','9e0732e2-f873-4361-9f22-a90591a79ea3');
INSERT INTO "workflow_status" VALUES('t_refused','PENDING','task',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795993489000,1795993489000,'3','','Workflows','raygen',1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,'c4c92c6f-c586-44b2-8f30-8e4eb8dc87c9',NULL,'portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','c4c92c6f-c586-44b2-8f30-8e4eb8dc87c9');
INSERT INTO "workflow_status" VALUES('run:p_1','SUCCESS','run_in_turn',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795993489000,1795993490000,'3','','Workflows','raygen',1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,'portable_json',NULL,0,0,1795993490000,'null',NULL,NULL,0,'raygen','93e06f48-aec0-4de2-8c72-7154a5043f37');
INSERT INTO "workflow_status" VALUES('run:p_1:raygen-runs-per-user','PENDING','turn',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795993489000,1795993490000,'3','','Workflows','raygen',1,'raygen-runs-per-user',NULL,NULL,NULL,1795993490000,NULL,0,'UENGINEER',NULL,'0e45b816-2d4d-4b04-bb42-f206f5089963','run:p_1','portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','ae9c9d2e-848f-4ea0-b5b1-5614b75d8ce7');
INSERT INTO "workflow_status" VALUES('run:p_1:raygen-runs-per-target','PENDING','turn',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795993490000,1795993490000,'3','','Workflows','raygen',1,'raygen-runs-per-target',NULL,NULL,NULL,1795993490000,NULL,0,'embedded',NULL,'276c06cd-1a40-4628-a29c-22e17df71cbd','run:p_1:raygen-runs-per-user','portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','780d3ee3-0738-4f7d-ab51-112343209a7a');
INSERT INTO "workflow_status" VALUES('run:p_2','PENDING','run_in_turn',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795993490000,1795993490000,'3','','Workflows','raygen',1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,'3a252a1f-d3fc-4dab-bade-8e79e672faca',NULL,'portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','3a252a1f-d3fc-4dab-bade-8e79e672faca');
INSERT INTO "workflow_status" VALUES('run:p_3','PENDING','run_in_turn',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795993490000,1795993490000,'3','','Workflows','raygen',1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,'b83c141e-44b0-45d7-b087-b5c95d6d0cd9',NULL,'portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','b83c141e-44b0-45d7-b087-b5c95d6d0cd9');
INSERT INTO "workflow_status" VALUES('run:p_2:raygen-runs-per-user','ENQUEUED','turn',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795993490000,1795993490000,'3','','Workflows','raygen',0,'raygen-runs-per-user',NULL,NULL,NULL,NULL,NULL,0,'UENGINEER',NULL,NULL,'run:p_2','portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','bd753237-3e7d-432b-87b2-43c05da380b3');
INSERT INTO "workflow_status" VALUES('run:p_3:raygen-runs-per-user','ENQUEUED','turn',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795993490000,1795993490000,'3','','Workflows','raygen',0,'raygen-runs-per-user',NULL,NULL,NULL,NULL,NULL,0,'UENGINEER',NULL,NULL,'run:p_3','portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','945b5e5a-bfc3-4a00-ba67-f9816f6e54c0');
INSERT INTO "workflow_status" VALUES('expire:p_old','PENDING','expire',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795993490000,1795993490000,'3','','Workflows','raygen',1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,'bbd179ea-ba64-452c-8c0b-75c5d71f13b3',NULL,'portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','bbd179ea-ba64-452c-8c0b-75c5d71f13b3');
INSERT INTO "workflow_status" VALUES('t_outside','ENQUEUED','task',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795993491000,1795993491000,'3',NULL,'Workflows','raygen',0,'raygen-from-outside',NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,'portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','c91a7452-0f0a-4100-b01b-1e4c86cbfb85');
CREATE INDEX sessions_by_thread ON sessions (channel, thread_ts);
CREATE INDEX ix_tasks_session_id ON tasks (session_id);
CREATE INDEX ix_proposals_session_id ON proposals (session_id);
CREATE INDEX ix_proposals_status ON proposals (status);
CREATE INDEX ix_proposals_task_id ON proposals (task_id);
CREATE INDEX ix_thread_approvals_session_id ON thread_approvals (session_id);
CREATE INDEX ix_requests_created_at ON requests (created_at);
CREATE INDEX ix_admissions_at ON admissions (at);
CREATE INDEX ix_spendings_ended_at ON spendings (ended_at);
CREATE INDEX ix_spendings_user ON spendings (user);
CREATE INDEX ix_runs_session_id ON runs (session_id);
CREATE INDEX ix_runs_status ON runs (status);
CREATE INDEX ix_votes_task_id ON votes (task_id);
CREATE INDEX ix_memberships_organization ON memberships (organization);
CREATE INDEX workflow_status_created_at_index ON workflow_status (created_at);
CREATE INDEX idx_workflow_topic ON notifications (destination_uuid, topic);
CREATE INDEX "idx_workflow_status_delayed" ON "workflow_status" ("delay_until_epoch_ms") WHERE status = 'DELAYED';
CREATE INDEX "idx_workflow_status_forked_from" ON "workflow_status" ("forked_from") WHERE "forked_from" IS NOT NULL;
CREATE INDEX "idx_workflow_status_parent_workflow_id" ON "workflow_status" ("parent_workflow_id") WHERE "parent_workflow_id" IS NOT NULL;
CREATE UNIQUE INDEX "uq_workflow_status_dedup_id" ON "workflow_status" ("queue_name", "deduplication_id") WHERE "deduplication_id" IS NOT NULL;
CREATE INDEX "idx_workflow_status_pending" ON "workflow_status" ("created_at") WHERE "status" = 'PENDING';
CREATE INDEX "idx_workflow_status_failed" ON "workflow_status" ("status", "created_at") WHERE "status" IN ('ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED');
CREATE INDEX "idx_workflow_status_rate_limited" ON "workflow_status" ("queue_name", "started_at_epoch_ms") WHERE "rate_limited" = TRUE;
CREATE INDEX "idx_workflow_status_completed_at" ON "workflow_status" ("completed_at") WHERE "completed_at" IS NOT NULL;
CREATE INDEX "idx_workflow_status_started_at" ON "workflow_status" ("started_at_epoch_ms") WHERE "started_at_epoch_ms" IS NOT NULL;
CREATE INDEX "idx_workflow_status_schedule_name" ON "workflow_status" ("schedule_name") WHERE "schedule_name" IS NOT NULL;
CREATE UNIQUE INDEX "uq_application_versions_owner_version"
    ON application_versions ("application_name", "version_name")
    WHERE "application_name" IS NOT NULL;
CREATE UNIQUE INDEX "uq_application_versions_unclaimed_version"
    ON application_versions ("version_name")
    WHERE "application_name" IS NULL;
CREATE INDEX idx_workflow_input_retention
    ON workflow_input (retention_timestamp);
CREATE INDEX idx_workflow_output_retention
    ON workflow_output (retention_timestamp);
CREATE INDEX idx_operation_outputs_retention
    ON operation_outputs (retention_timestamp);
CREATE INDEX "idx_workflow_status_in_flight_v2" ON "workflow_status" ("queue_name", "status", "priority", "created_at", "application_name") WHERE "status" IN ('ENQUEUED', 'PENDING');
CREATE INDEX "idx_workflow_status_partition_dequeue_v3" ON "workflow_status" ("queue_name", "status", "queue_partition_key", "priority", "created_at", "workflow_uuid", "application_name") WHERE "status" IN ('ENQUEUED', 'PENDING') AND "queue_partition_key" IS NOT NULL;
CREATE INDEX "idx_operation_outputs_completed_at_function_name_v2" ON "operation_outputs" ("completed_at_epoch_ms", "function_name", "application_name");
CREATE INDEX "idx_workflow_status_deadline" ON "workflow_status" ("workflow_deadline_epoch_ms") WHERE "status" IN ('ENQUEUED', 'PENDING', 'DELAYED') AND "workflow_deadline_epoch_ms" IS NOT NULL;
CREATE INDEX "idx_application_versions_timestamp" ON "application_versions" ("version_timestamp" DESC);
CREATE INDEX "idx_application_versions_owner_timestamp" ON "application_versions" ("application_name", "version_timestamp" DESC);
COMMIT;
